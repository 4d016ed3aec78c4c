using System;
using System.Dynamic;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Microsoft.CSharp.RuntimeBinder;
using PSSockets.Engine.Tests.Support;
using PSSockets.Engine.Transport;
using Xunit;

namespace PSSockets.Engine.Tests.Transport;

public class LinkedMembersTests
{
    [Fact]
    public void Every_class_with_linked_properties_binds_them_by_name()
    {
        Type[] types = [.. typeof(SocketConnection).Assembly.GetExportedTypes().Where(
            type => type.GetProperties(BindingFlags.Instance | BindingFlags.NonPublic).Any(
                property => Attribute.IsDefined(property, typeof(LinkedAttribute), inherit: true)))];
        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.Contains(type.GetInterfaces(), one => one == typeof(IDynamicMetaObjectProvider)));
    }

    [Fact]
    public async Task Linked_properties_public_ones_and_others_bind_as_they_should()
    {
        await using TestServer server = TestServer.StartEcho();
        using SocketConnection client = await server.ConnectAsync();
        await Limit.UntilAsync(() => server.Server.Connections.Count == 1, "the client is connected");
        dynamic connection = server.Server.Connections[0];
        Assert.Same(server.Server, connection.Server);
        Assert.Equal(client.LocalEndPoint, connection.RemoteEndPoint);
        Assert.Equal(server.Server.Connections[0].Id, connection.Id);
        Assert.Throws<RuntimeBinderException>(() => connection.server);
        Assert.Throws<RuntimeBinderException>(() => connection.NoSuchMember);
    }
}
