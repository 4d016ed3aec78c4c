using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace PSSockets.Handlers;

/// <summary>
/// A script block as text, to be made anew in other runspaces: the user's own block is bound to its session, and running it on another
/// thread deadlocks or breaks that session. Immutable.
/// </summary>
internal sealed class HandlerScript
{
    /// <summary>Begins the name of the module that GetNewClosure makes for the variables it keeps.</summary>
    private const string ClosurePrefix = "__DynamicModule_";

    private readonly string _paddedText;
    private readonly string? _file;
    private readonly Dictionary<string, object?> _closure;

    private HandlerScript(string name, ScriptBlock block, PSCmdlet command)
    {
        Name = name;
        _paddedText = Pad(block);
        _file = block.File;
        _closure = CaptureClosure(block, command);
    }

    /// <summary>The parameter that it was given with.</summary>
    public string Name { get; }

    /// <summary>Takes a block's text with its position, so that errors point to the user's file and line, and what it has closed over.</summary>
    /// <exception cref="InvalidHandlerException">The block has begin, process, end or clean blocks, which a handler cannot.</exception>
    public static HandlerScript Capture(string name, ScriptBlock block, PSCmdlet command)
    {
        if (block.Ast is ScriptBlockAst { BeginBlock: not null } or ScriptBlockAst { ProcessBlock: not null }
            || block.Ast is ScriptBlockAst { EndBlock: { Unnamed: false } })
        {
            throw new InvalidHandlerException(
                $"-{name}: a handler is called once for each message, so it has no begin, process or end block.", block);
        }

        return new HandlerScript(name, block, command);
    }

    /// <summary>Takes a value for handlers as it is, but a script block, such as <c>$using:function:name</c>, as text, too.</summary>
    public static object? CaptureValue(string name, object? value, PSCmdlet command)
        => (value is PSObject wrapped ? wrapped.BaseObject : value) is ScriptBlock block ? new HandlerScript(name, block, command) : value;

    /// <summary>The value as the worker of this thread may have it.</summary>
    public static object? CompileValue(object? value) => value is HandlerScript script ? script.Compile() : value;

    /// <summary>Makes a block for the runspace of this thread.</summary>
    public ScriptBlock Compile()
    {
        ScriptBlock block = Parse().GetScriptBlock();
        if (_closure.Count == 0)
        {
            return block;
        }

        PSModuleInfo closure = new(linkToGlobal: true);
        foreach ((string name, object? value) in _closure)
        {
            closure.SessionState.PSVariable.Set(name, CompileValue(value));
        }

        // Where nothing has run in a module, PowerShell fails at `$using:` in its blocks.
        closure.SessionState.InvokeCommand.InvokeScript(closure.SessionState, ScriptBlock.Create(string.Empty));
        return closure.NewBoundScriptBlock(block);
    }

    /// <summary>The <c>$using:</c> expressions in the block, and whether they stand in a block within it.</summary>
    public IEnumerable<(UsingExpressionAst Expression, bool IsNested)> FindUsingExpressions()
    {
        ScriptBlockAst block = Parse();
        return block.FindAll(ast => ast is UsingExpressionAst, searchNestedScriptBlocks: true)
            .Select(ast => ((UsingExpressionAst)ast, IsNested(ast, block)));
    }

    private static string Pad(ScriptBlock block)
    {
        string text = block.ToString();
        IScriptExtent extent = block.Ast.Extent;
        int offset = Math.Max(extent.Text.IndexOf(text, StringComparison.Ordinal), 0);
        string before = extent.Text[..offset];
        int lines = before.Count(character => character == '\n');
        int column = lines > 0 ? offset - before.LastIndexOf('\n') : extent.StartColumnNumber + offset;
        StringBuilder padded = new();
        padded.Append('\n', Math.Max(extent.StartLineNumber - 1 + lines, 0)).Append(' ', Math.Max(column - 1, 0)).Append(text);
        return padded.ToString();
    }

    /// <summary>The variables of a block made by GetNewClosure that it names; those of the session itself are not part of it.</summary>
    private static Dictionary<string, object?> CaptureClosure(ScriptBlock block, PSCmdlet command)
    {
        Dictionary<string, object?> captured = new(StringComparer.OrdinalIgnoreCase);
        if (block.Module is not { } module || !module.Name.StartsWith(ClosurePrefix, StringComparison.Ordinal))
        {
            return captured;
        }

        foreach (VariableExpressionAst expression in block.Ast.FindAll(ast => ast is VariableExpressionAst, searchNestedScriptBlocks: true))
        {
            string name = expression.VariablePath.UserPath;
            if (expression.VariablePath.IsUnqualified && module.SessionState.PSVariable.Get(name) is { } variable
                && command.SessionState.PSVariable.Get($"global:{name}") != variable)
            {
                captured[name] = CaptureValue(name, variable.Value, command);
            }
        }

        return captured;
    }

    private static bool IsNested(Ast ast, ScriptBlockAst block)
    {
        while (ast is not ScriptBlockAst)
        {
            ast = ast.Parent;
        }

        return ast != block;
    }

    private ScriptBlockAst Parse()
    {
        ScriptBlockAst ast = Parser.ParseInput(_paddedText, _file, out _, out ParseError[] errors);
        return errors.Length == 0 ? ast : throw new InvalidHandlerException($"-{Name}: {errors[0].Message}", _paddedText.TrimStart());
    }
}
