# TestDrive: is a folder for the file; what a block has put there goes when the block ends.
function New-TestDrive {
    $folder = [System.IO.Directory]::CreateTempSubdirectory('pester-stand-in-').FullName
    $provider = $ExecutionContext.SessionState.Provider.GetOne('FileSystem')
    $drive = [System.Management.Automation.PSDriveInfo]::new('TestDrive', $provider, $folder, 'Files of the running test', $null)
    $script:testDrive = $ExecutionContext.SessionState.Drive.New($drive, 'Global')
    $script:testDrive
}

function Remove-TestDrive($Drive) {
    $ExecutionContext.SessionState.Drive.Remove($Drive.Name, $true, 'Global')
    [System.IO.Directory]::Delete($Drive.Root, $true)
}

function Get-TestDriveContent {
    , [System.IO.Directory]::GetFileSystemEntries($script:testDrive.Root, '*', 'AllDirectories')
}

function Reset-TestDrive([string[]] $Before) {
    foreach ($path in Get-TestDriveContent) {
        if ($Before -contains $path) {
            continue
        }

        if ([System.IO.Directory]::Exists($path)) {
            [System.IO.Directory]::Delete($path, $true)
        }
        elseif ([System.IO.File]::Exists($path)) {
            [System.IO.File]::Delete($path)
        }
    }
}
