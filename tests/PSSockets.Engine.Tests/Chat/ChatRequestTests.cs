using System.Linq;
using PSSockets.Engine.Chat;
using PSSockets.Engine.Errors;
using Xunit;

namespace PSSockets.Engine.Tests.Chat;

public sealed class ChatRequestTests
{
    [Theory]
    [InlineData("hello", "Say", null, null, "hello")]
    [InlineData("//x", "Say", null, null, "/x")]
    [InlineData("  ", "None", null, null, null)]
    [InlineData("\u001B[2J", "None", null, null, null)]
    [InlineData("/NICK ann", "Nick", null, "ann", null)]
    [InlineData("/join  #dev", "Join", "#dev", null, null)]
    [InlineData("/leave", "Leave", null, null, null)]
    [InlineData("/msg ann  hi you", "Private", null, "ann", "hi you")]
    [InlineData("/me waves", "Action", null, null, "waves")]
    [InlineData("/who *", "Who", "*", null, null)]
    [InlineData("/topic", "Topic", null, null, null)]
    [InlineData("/topic a b", "Topic", null, null, "a b")]
    [InlineData("/kick bob be nice", "Kick", null, "bob", "be nice")]
    [InlineData("/quit bye", "Quit", null, null, "bye")]
    public void A_line_is_a_request(string line, string verb, string? room, string? nick, string? text)
    {
        ChatRequest request = ChatCommand.Parse(line);
        Assert.Equal(verb, request.Verb.ToString());
        Assert.Equal(room, request.Room);
        Assert.Equal(nick, request.Nick);
        Assert.Equal(text, request.Text);
    }

    [Theory]
    [InlineData("/nosuch", SocketErrorId.UnknownCommand)]
    [InlineData("/", SocketErrorId.UnknownCommand)]
    [InlineData("/nick", SocketErrorId.BadRequest)]
    [InlineData("/msg ann", SocketErrorId.BadRequest)]
    [InlineData("/history -1", SocketErrorId.BadRequest)]
    [InlineData("/history x", SocketErrorId.BadRequest)]
    [InlineData("/oper", SocketErrorId.BadRequest)]
    public void A_line_that_is_no_request_says_why(string line, SocketErrorId error)
        => Assert.Equal((ChatVerb.Invalid, error), (ChatCommand.Parse(line).Verb, ChatCommand.Parse(line).Fault.Id));

    [Fact]
    public void A_password_is_taken_as_it_came() => Assert.Equal("p  \u001Bw", ChatCommand.Parse("/oper p  \u001Bw").Password);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"type\":1}")]
    [InlineData("{\"type\":\"say\",\"text\":\"\\ud83d\"}")]
    [InlineData("{\"type\":\"ping\"} x")]
    [InlineData("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]")]
    public void What_is_no_object_with_a_type_is_no_json_request(string line) => Assert.Null(ChatJson.TryParse(line));

    [Theory]
    [InlineData("{\"type\":\"nosuch\",\"ref\":1}", SocketErrorId.UnknownCommand)]
    [InlineData("{\"type\":\"say\",\"ref\":1,\"text\":\"x\"}", SocketErrorId.BadRequest)]
    [InlineData("{\"type\":\"say\",\"ref\":1,\"room\":7,\"text\":\"x\"}", SocketErrorId.BadRequest)]
    [InlineData("{\"type\":\"private\",\"ref\":1,\"text\":\"x\"}", SocketErrorId.BadRequest)]
    [InlineData("{\"type\":\"kick\",\"ref\":1}", SocketErrorId.BadRequest)]
    public void A_json_request_that_lacks_something_says_so(string line, SocketErrorId error)
    {
        ChatRequest request = ChatJson.TryParse(line)!;
        Assert.Equal((ChatVerb.Invalid, error, "1"), (request.Verb, request.Fault.Id, request.Ref));
    }

    [Fact]
    public void A_hello_brings_all_that_it_can()
    {
        ChatRequest hello = ChatJson.TryParse(
            """{"type":"hello","protocol":1,"nick":"ann","rooms":["a",5,"b"],"password":"p","history":3,"since":{"a":"n-1","b":2},"new":[{}]}""")!;
        Assert.Equal(ChatVerb.Hello, hello.Verb);
        Assert.Equal(["a", "b"], hello.Rooms!);
        Assert.Equal(("ann", "p", 3), (hello.Nick, hello.Password, hello.Count));
        Assert.Equal("n-1", Assert.Single(hello.SinceByRoom!).Value);
    }

    [Fact]
    public void The_help_lists_every_command()
    {
        string help = string.Join('\n', ChatCommand.Help);
        Assert.All(
            ["nick", "join", "leave", "msg", "me", "who", "rooms", "topic", "history", "kick", "oper", "quit"],
            name => Assert.Contains($"/{name}", help, System.StringComparison.Ordinal));
        Assert.True(ChatCommand.Help.All(line => line.Length < 76));
    }
}
