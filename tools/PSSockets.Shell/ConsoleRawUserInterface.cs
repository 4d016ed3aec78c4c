using System;
using System.Management.Automation.Host;

namespace PSSockets.Shell;

/// <summary>Sizes, colours and keys of the console, with plain answers where there is no terminal.</summary>
internal sealed class ConsoleRawUserInterface : PSHostRawUserInterface
{
    private const int WidthWithoutTerminal = 120;
    private const int HeightWithoutTerminal = 50;

    public override ConsoleColor ForegroundColor
    {
        get => Console.ForegroundColor;
        set => Console.ForegroundColor = value;
    }

    public override ConsoleColor BackgroundColor
    {
        get => Console.BackgroundColor;
        set => Console.BackgroundColor = value;
    }

    public override Size BufferSize
    {
        get => WindowSize;
        set => throw NotSupported();
    }

    public override Size WindowSize
    {
        get => Console.IsOutputRedirected || Console.WindowWidth <= 0
            ? new Size(WidthWithoutTerminal, HeightWithoutTerminal)
            : new Size(Console.WindowWidth, Console.WindowHeight);
        set => throw NotSupported();
    }

    public override Size MaxWindowSize => WindowSize;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Coordinates WindowPosition
    {
        get => default;
        set => throw NotSupported();
    }

    public override Coordinates CursorPosition
    {
        get => Console.IsOutputRedirected ? default : new Coordinates(Console.CursorLeft, Console.CursorTop);
        set => Console.SetCursorPosition(value.X, value.Y);
    }

    public override int CursorSize
    {
        get => Console.CursorSize;
        set => throw NotSupported();
    }

    public override string WindowTitle
    {
        get => string.Empty;
        set => Console.Title = value;
    }

    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        ConsoleKeyInfo key = Console.ReadKey(intercept: (options & ReadKeyOptions.NoEcho) != 0);
        ControlKeyStates state =
            (key.Modifiers.HasFlag(ConsoleModifiers.Shift) ? ControlKeyStates.ShiftPressed : 0)
            | (key.Modifiers.HasFlag(ConsoleModifiers.Alt) ? ControlKeyStates.LeftAltPressed : 0)
            | (key.Modifiers.HasFlag(ConsoleModifiers.Control) ? ControlKeyStates.LeftCtrlPressed : 0);
        return new KeyInfo((int)key.Key, key.KeyChar, state, keyDown: true);
    }

    public override void FlushInputBuffer()
    {
        while (KeyAvailable)
        {
            Console.ReadKey(intercept: true);
        }
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw NotSupported();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw NotSupported();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        // Clear-Host asks for the whole screen in this way.
        if (rectangle is { Left: -1, Top: -1 } && !Console.IsOutputRedirected)
        {
            Console.Clear();
        }
    }

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw NotSupported();

    private static NotSupportedException NotSupported() => new("This shell's console cannot do that.");
}
