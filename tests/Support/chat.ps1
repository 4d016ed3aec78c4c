# Dot-sourced beside common.ps1: short words for a chat.

# Enters the server's chat. The parameters are those of Connect-ChatServer.
function Join-Chat {
    param($Server, [string] $Nick, [hashtable] $Parameters = @{})
    Connect-ChatServer -ComputerName 127.0.0.1 -Port $Server.Port -Nick $Nick -ErrorAction Stop @Parameters
}

# A chat server, and ann and bob in it; what it says of their coming is read.
function New-TestChat {
    param([hashtable] $Parameters = @{})
    $server = Start-ChatServer 0 @Parameters
    $ann = Join-Chat $server ann
    $bob = Join-Chat $server bob
    [void] ($ann | Receive-ChatMessage -Kind Join -TimeoutSeconds 10)
    [pscustomobject] @{ Server = $server; Ann = $ann; Bob = $bob }
}
