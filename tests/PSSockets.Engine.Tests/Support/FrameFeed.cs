using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PSSockets.Engine.Framing;

namespace PSSockets.Engine.Tests.Support;

/// <summary>Feeds bytes in pieces to a decoder, as a reader does that keeps what it has not used up.</summary>
internal static class FrameFeed
{
    /// <summary>Messages as the encoder puts them on the stream.</summary>
    public static byte[] Encode(FramingScheme scheme, Encoding encoding, params byte[][] messages)
    {
        FrameEncoder encoder = scheme.CreateEncoder(encoding);
        List<byte> stream = [];
        byte[] header = new byte[FrameEncoder.MaxHeaderLength];
        foreach (byte[] message in messages)
        {
            int length = encoder.WriteHeader(message.Length, header);
            stream.AddRange(header.AsSpan(0, length));
            stream.AddRange(message);
            stream.AddRange(encoder.Trailer);
        }

        return [.. stream];
    }

    /// <summary>Decodes a stream that arrives cut at the given positions; with <paramref name="ends"/> the end of the stream follows.</summary>
    public static List<byte[]> Decode(FrameDecoder decoder, byte[] stream, IEnumerable<int> cuts, bool ends = false)
    {
        List<byte[]> messages = [];
        int start = 0;
        int examined = 0;
        foreach (int cut in cuts.Append(stream.Length))
        {
            while (true)
            {
                ReadOnlySpan<byte> buffer = stream.AsSpan(start, cut - start);
                if (buffer.IsEmpty || !decoder.TryDecode(buffer, ref examined, out Frame frame))
                {
                    break;
                }

                messages.Add(buffer.Slice(frame.Start, frame.Length).ToArray());
                start += frame.Consumed;
                examined = 0;
            }
        }

        if (ends && start < stream.Length)
        {
            ReadOnlySpan<byte> rest = stream.AsSpan(start);
            Frame frame = decoder.DecodeEnd(rest);
            messages.Add(rest.Slice(frame.Start, frame.Length).ToArray());
        }

        return messages;
    }

    /// <summary>Every way to cut a stream once, twice, and at each byte.</summary>
    public static IEnumerable<int[]> AllCuts(int length)
    {
        yield return [];
        yield return [.. Enumerable.Range(1, Math.Max(0, length - 1))];
        for (int first = 1; first < length; first++)
        {
            yield return [first];
            for (int second = first + 1; second < length; second++)
            {
                yield return [first, second];
            }
        }
    }
}
