using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace PSSockets.Shell;

/// <summary>What asks the user something.</summary>
internal sealed partial class ConsoleUserInterface
{
    public override string ReadLine()
    {
        DemandPrompt();
        return Console.ReadLine() ?? throw new HostException("The input has ended, there is nobody to answer.");
    }

    public override SecureString ReadLineAsSecureString()
    {
        DemandPrompt();
        SecureString secret = new();
        if (Console.IsInputRedirected)
        {
            foreach (char c in ReadLine())
            {
                secret.AppendChar(c);
            }

            return secret;
        }

        for (ConsoleKeyInfo key = Console.ReadKey(true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(true))
        {
            if (key.Key == ConsoleKey.Backspace && secret.Length > 0)
            {
                secret.RemoveAt(secret.Length - 1);
                Console.Out.Write("\b \b");
            }
            else if (!char.IsControl(key.KeyChar))
            {
                secret.AppendChar(key.KeyChar);
                Console.Out.Write('*');
            }
        }

        Console.Out.WriteLine();
        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        WriteHeading(caption, message);
        Dictionary<string, PSObject> answers = [];
        foreach (FieldDescription field in descriptions)
        {
            answers[field.Name] = PSObject.AsPSObject(field.ParameterTypeFullName switch
            {
                "System.Security.SecureString" => AskSecret(field.Name),
                "System.Management.Automation.PSCredential" => PromptForCredential(string.Empty, field.Name, string.Empty, string.Empty),
                string type when type.EndsWith("[]", StringComparison.Ordinal) => AskMany(field.Name),
                _ => Ask(field.Name),
            });
        }

        return answers;
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName)
    {
        WriteHeading(caption, message);
        string name = string.IsNullOrEmpty(userName) ? Ask("User") : userName;
        return new PSCredential(name, AskSecret($"Password for user {name}"));
    }

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => PromptForCredential(caption, message, userName, targetName);

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteHeading(caption, message);
        while (true)
        {
            foreach (ChoiceDescription choice in choices)
            {
                Console.Out.Write($"[{HotKey(choice)}] {PlainLabel(choice)}  ");
            }

            Console.Out.Write(defaultChoice < 0 ? "[?] Help: " : $"[?] Help (default is \"{HotKey(choices[defaultChoice])}\"): ");
            string answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            for (int i = 0; i < choices.Count; i++)
            {
                if (IsSame(answer, HotKey(choices[i])) || IsSame(answer, PlainLabel(choices[i])))
                {
                    return i;
                }
            }

            if (answer == "?")
            {
                foreach (ChoiceDescription choice in choices)
                {
                    Console.Out.WriteLine($"{HotKey(choice)} - {choice.HelpMessage}");
                }
            }
        }
    }

    private void DemandPrompt()
    {
        if (!canPrompt)
        {
            throw new HostException("The shell runs with -NonInteractive and cannot ask for input.");
        }
    }

    private string Ask(string label)
    {
        Console.Out.Write($"{label}: ");
        return ReadLine();
    }

    private SecureString AskSecret(string label)
    {
        Console.Out.Write($"{label}: ");
        return ReadLineAsSecureString();
    }

    private string[] AskMany(string label)
    {
        List<string> answers = [];
        for (string answer = Ask($"{label}[0]"); answer.Length > 0; answer = Ask($"{label}[{answers.Count}]"))
        {
            answers.Add(answer);
        }

        return [.. answers];
    }

    private static void WriteHeading(string caption, string message)
    {
        foreach (string line in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(line))
            {
                Console.Out.WriteLine(line);
            }
        }
    }

    // The letter after '&' is the key; a label without one is its own key.
    private static string HotKey(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length
            ? choice.Label.Substring(mark + 1, 1).ToUpper(CultureInfo.CurrentCulture)
            : choice.Label;
    }

    private static string PlainLabel(ChoiceDescription choice) => choice.Label.Replace("&", string.Empty, StringComparison.Ordinal);

    private static bool IsSame(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
