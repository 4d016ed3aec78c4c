using System;
using System.Threading;
using PSSockets.Engine.EndPoints;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Commands;

/// <content>-WaitReply.</content>
public sealed partial class SendUdpDatagramCommand
{
    /// <summary>Sends each datagram and writes its replies before the next.</summary>
    private void AskAll()
    {
        while (_questions.TryDequeue(out byte[]? question))
        {
            if (_isOwn)
            {
                // What still comes for an earlier datagram of this pipeline is no reply to the next.
                _socket!.DiscardReceived();
            }

            if (TryRun(() => SendNow(question), GetTarget()))
            {
                WriteReplies(_reader!);
            }
        }
    }

    /// <summary>As many as were asked for; where fewer come in time that is no error, only none is.</summary>
    private void WriteReplies(IMessageReader reader)
    {
        long start = Environment.TickCount64;
        for (int count = 0; count < ReplyCount; count++)
        {
            object? reply = null;
            bool isLate = false;
            if (!TryRun(() => isLate = !TryWaitForReply(reader, start, out reply), GetTarget()) || (isLate && count > 0))
            {
                return;
            }

            if (isLate)
            {
                WriteError(ErrorRecords.FromEngine(
                    new SocketTimeoutException(
                        SocketErrorId.ReceiveTimedOut, $"{Describe()} did not reply within {TimeoutSeconds} s.", Describe()),
                    GetTarget(),
                    "Datagrams can be lost: ask again, or set -TimeoutSeconds."));
                return;
            }

            WriteObject(reply);
        }
    }

    private bool TryWaitForReply(IMessageReader reader, long start, out object? reply)
    {
        object? next = null;
        TimeSpan limit = ToLimit(TimeoutSeconds);
        if (limit != Timeout.InfiniteTimeSpan)
        {
            // The limit is one for all replies.
            limit -= TimeSpan.FromMilliseconds(Environment.TickCount64 - start);
            limit = limit < TimeSpan.Zero ? TimeSpan.Zero : limit;
        }

        try
        {
            return reader.TryRead(out next) || Await(
                async token =>
                {
                    while (!reader.TryRead(out next))
                    {
                        await reader.WaitAsync(token).ConfigureAwait(false);
                    }

                    return true;
                },
                limit);
        }
        catch (SocketLimitException)
        {
            return false;
        }
        finally
        {
            reply = next;
        }
    }

    private string Describe() => _destination is null ? Socket.DisplayName : EndPointText.Format(_destination);
}
