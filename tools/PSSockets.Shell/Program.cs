using System;

namespace PSSockets.Shell;

internal static class Program
{
    private const int BadCommandLine = 64;

    private static int Main(string[] args)
    {
        ShellArguments arguments;
        try
        {
            arguments = ShellArguments.Parse(args);
        }
        catch (ArgumentException error)
        {
            Console.Error.WriteLine(error.Message);
            Console.Error.WriteLine(ShellArguments.Usage);
            return BadCommandLine;
        }

        using Shell shell = new(arguments);
        return shell.Run();
    }
}
