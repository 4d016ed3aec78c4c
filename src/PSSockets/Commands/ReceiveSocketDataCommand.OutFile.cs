using System;
using System.IO;
using PSSockets.Engine.Errors;
using PSSockets.Engine.Transport;
using PSSockets.Errors;

namespace PSSockets.Commands;

/// <content>-OutFile.</content>
public sealed partial class ReceiveSocketDataCommand
{
    private void SaveToFile(ConnectionReader reader, string outFile)
    {
        string path = GetUnresolvedProviderPathFromPSPath(outFile);
        string advice = $"What has arrived is in '{path}'.";
        try
        {
            using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            long remaining = ByteCount > 0 ? ByteCount : long.MaxValue;
            while (remaining > 0)
            {
                if (reader.TryReadChunk((int)Math.Min(remaining, int.MaxValue), out ReadOnlyMemory<byte> chunk))
                {
                    file.Write(chunk.Span);
                    remaining -= chunk.Length;
                }
                else if (!Await(token => reader.WaitAsync(token).AsTask(), ToLimit(TimeoutSeconds)))
                {
                    break;
                }
            }

            if (ByteCount > 0 && remaining > 0)
            {
                throw new SocketFailureException(
                    SocketErrorId.EndOfStream,
                    $"{Connection.DisplayName} ended the stream after {ByteCount - remaining} of {ByteCount} bytes.",
                    Connection.DisplayName);
            }
        }
        catch (SocketLimitException)
        {
            WriteError(ErrorRecords.FromEngine(TimedOut(), Connection, advice));
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            WriteError(ErrorRecords.FromEngine(exception, Connection, advice));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            WriteError(ErrorRecords.File(exception, path));
        }
    }
}
