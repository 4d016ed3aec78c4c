# The cmdlets are compiled, and name their aliases; this file loads them, and the manifest says what is exported.
Import-Module -Name ([System.IO.Path]::Combine($PSScriptRoot, 'bin', 'PSSockets.dll'))
Export-ModuleMember -Cmdlet '*' -Alias '*'
