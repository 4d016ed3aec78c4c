using System;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using PSSockets.Engine.Transport;

namespace PSSockets.Binding;

/// <summary>Takes an encoding by the shell's names (utf8, ascii, unicode, latin1, ...), by any name or code page that .NET knows, or as an object.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EncodingArgumentAttribute : ArgumentTransformationAttribute
{
    /// <summary>The shell's names, as tab completion offers them.</summary>
    internal static readonly string[] Names =
        ["utf8", "ascii", "unicode", "bigendianunicode", "utf32", "latin1", "utf8BOM", "utf8NoBOM", "bigendianutf32", "ansi", "oem"];

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        try
        {
            return value switch
            {
                Encoding encoding => encoding,
                string name => Parse(name),
                int codePage => Encoding.GetEncoding(codePage),
                _ => throw new ArgumentException($"'{value}' is no encoding."),
            };
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new ArgumentTransformationMetadataException(
                $"'{value}' is no encoding. Use {string.Join(", ", Names)}, or a name or code page that .NET knows.", exception);
        }
    }

    // A byte order mark makes no sense between messages, so utf8BOM means the same as utf8.
    private static Encoding Parse(string name) => name.ToLowerInvariant() switch
    {
        "utf8" or "utf-8" or "utf8bom" or "utf8nobom" => ConnectionOptions.DefaultEncoding,
        "ascii" => Encoding.ASCII,
        "unicode" => Encoding.Unicode,
        "bigendianunicode" => Encoding.BigEndianUnicode,
        "utf32" => Encoding.UTF32,
        "bigendianutf32" => new UTF32Encoding(bigEndian: true, byteOrderMark: false),
        "latin1" => Encoding.Latin1,
        "ansi" => GetCodePage(CultureInfo.CurrentCulture.TextInfo.ANSICodePage),
        "oem" => GetCodePage(CultureInfo.CurrentCulture.TextInfo.OEMCodePage),
        _ when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int codePage) => GetCodePage(codePage),
        _ => CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name),
    };

    private static Encoding GetCodePage(int codePage)
        => CodePagesEncodingProvider.Instance.GetEncoding(codePage) ?? Encoding.GetEncoding(codePage);
}
