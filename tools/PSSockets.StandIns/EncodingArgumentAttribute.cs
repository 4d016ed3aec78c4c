using System;
using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace Microsoft.PowerShell.Commands;

/// <summary>Lets -Encoding take the shell's names (utf8, ascii, unicode...), any .NET name, a code page or an encoding.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EncodingArgumentAttribute : ArgumentTransformationAttribute
{
    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        try
        {
            return value switch
            {
                Encoding encoding => encoding,
                int codePage => Encoding.GetEncoding(codePage),
                _ => FromName(value.ToString()!),
            };
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new ArgumentTransformationMetadataException($"'{value}' is not a known encoding.", error);
        }
    }

    private static Encoding FromName(string name) => name.ToLower(CultureInfo.InvariantCulture) switch
    {
        "ascii" => Encoding.ASCII,
        "utf8" or "utf8nobom" or "default" => Utf8,
        "utf8bom" => Encoding.UTF8,
        "unicode" => Encoding.Unicode,
        "bigendianunicode" => Encoding.BigEndianUnicode,
        "utf32" => Encoding.UTF32,
        _ => Encoding.GetEncoding(name),
    };
}
