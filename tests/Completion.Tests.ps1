Describe 'Tab completion' {
    BeforeAll {
        . "$PSScriptRoot/Support/common.ps1"

        function Get-Completion($Line) {
            @([System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches.CompletionText)
        }
    }

    AfterEach {
        Clear-TestSocket
    }

    It 'gives <Expected> for <Line>' -ForEach @(
        @{ Line = 'Connect-TcpClient localhost -Port sys'; Expected = '514', '6514' }
        @{ Line = 'Connect-TcpClient localhost 808'; Expected = @('8080') }
        @{ Line = 'Send-UdpDatagram localhost -Port stat'; Expected = @('8125') }
        @{ Line = 'Open-UdpSocket -ComputerName localhost -Port ntp'; Expected = @('123') }
        @{ Line = 'Start-TcpServer -Address IPv6'; Expected = 'IPv6Loopback', 'IPv6Any' }
        @{ Line = 'Start-TcpServer -Address 127.0.0.'; Expected = @('127.0.0.1') }
        @{ Line = 'Connect-TcpClient x 1 -LocalEndPoint 127.0.0.'; Expected = @('127.0.0.1') }
        @{ Line = 'Connect-TcpClient -Framing len'; Expected = 'LengthPrefix', "'LengthPrefix:1'", "'LengthPrefix:2'", "'LengthPrefix:4'", "'LengthPrefix:8'" }
        @{ Line = 'Start-TcpServer -Encoding lat'; Expected = @('latin1') }
        @{ Line = 'Set-SocketOption -SocketOption linger'; Expected = @('@{ LingerSeconds = ') }
    ) {
        Get-Completion $Line | Should -Be $Expected
    }

    It 'gives names, ids and ports of what is open' {
        $server = Start-TcpServer 0 -Name 'web shop'
        $client = Connect-TcpClient 127.0.0.1 $server.Port -Name 'till'
        Get-Completion 'Stop-SocketServer -Name w' | Should -Be "'web shop'"
        Get-Completion 'Watch-SocketServer w' | Should -Be "'web shop'"
        Get-Completion 'Get-SocketServer -Id ' | Should -Contain ([string] $server.Id)
        Get-Completion 'Get-SocketConnection till' | Should -Contain 'till'
        Get-Completion 'Get-SocketConnection -Id ' | Should -Contain ([string] $client.Id)
        Get-Completion 'Connect-TcpClient localhost -Port web' | Should -Be ([string] $server.Port)
    }

    It 'gives modules for -ImportModule' {
        Get-Completion 'Start-TcpServer 0 { } -ImportModule Microsoft.PowerShell.Ut' | Should -Contain 'Microsoft.PowerShell.Utility'
    }
}
