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
    private readonly string _paddedText;
    private readonly string? _file;

    private HandlerScript(string name, string paddedText, string? file)
    {
        Name = name;
        _paddedText = paddedText;
        _file = file;
    }

    /// <summary>The parameter that it was given with.</summary>
    public string Name { get; }

    /// <summary>Takes a block's text with its position, so that errors point to the user's file and line.</summary>
    /// <exception cref="InvalidHandlerException">The block has begin, process, end or clean blocks, which a handler cannot.</exception>
    public static HandlerScript Capture(string name, ScriptBlock block)
    {
        if (block.Ast is ScriptBlockAst { BeginBlock: not null } or ScriptBlockAst { ProcessBlock: not null }
            || block.Ast is ScriptBlockAst { EndBlock: { Unnamed: false } })
        {
            throw new InvalidHandlerException(
                $"-{name}: a handler is called once for each message, so it has no begin, process or end block.", block);
        }

        string text = block.ToString();
        IScriptExtent extent = block.Ast.Extent;
        int offset = Math.Max(extent.Text.IndexOf(text, StringComparison.Ordinal), 0);
        string before = extent.Text[..offset];
        int lines = before.Count(character => character == '\n');
        int column = lines > 0 ? offset - before.LastIndexOf('\n') : extent.StartColumnNumber + offset;
        StringBuilder padded = new();
        padded.Append('\n', Math.Max(extent.StartLineNumber - 1 + lines, 0)).Append(' ', Math.Max(column - 1, 0)).Append(text);
        return new HandlerScript(name, padded.ToString(), block.File);
    }

    /// <summary>Makes a block for the runspace of this thread.</summary>
    public ScriptBlock Compile() => Parse().GetScriptBlock();

    /// <summary>The <c>$using:</c> expressions in the block, and whether they stand in a block within it.</summary>
    public IEnumerable<(UsingExpressionAst Expression, bool IsNested)> FindUsingExpressions()
    {
        ScriptBlockAst block = Parse();
        return block.FindAll(ast => ast is UsingExpressionAst, searchNestedScriptBlocks: true)
            .Select(ast => ((UsingExpressionAst)ast, IsNested(ast, block)));
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
