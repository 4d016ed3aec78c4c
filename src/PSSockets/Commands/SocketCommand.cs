using System;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using PSSockets.Engine.Errors;
using PSSockets.Errors;

namespace PSSockets.Commands;

/// <summary>
/// The base of all cmdlets that wait. It waits for asynchronous work on the pipeline thread, runs meanwhile what that work posts to this
/// thread, and lets nothing outlive the cmdlet: Ctrl+C cancels, and so does a pipeline that ends early, in which StopProcessing is not called.
/// </summary>
public abstract class SocketCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly ManualResetEventSlim _wake = new();
    private readonly object _disposal = new();
    private bool _disposed;

    /// <summary>Cancelled by Ctrl+C and when the cmdlet is done with.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <summary>What the engine said when <see cref="TryRun"/> last failed; null where it was a limit of time.</summary>
    private protected SocketErrorId? LastError { get; private set; }

    /// <summary>Cancels what the cmdlet waits for; the pipeline never waits for that here.</summary>
    protected override void StopProcessing()
    {
        lock (_disposal)
        {
            if (!_disposed)
            {
                _stop.Cancel();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the cmdlet holds; called however the pipeline ends.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        lock (_disposal)
        {
            if (!_disposed)
            {
                _disposed = true;
                _stop.Cancel();
                _stop.Dispose();
                _wake.Dispose();
            }
        }
    }

    /// <summary>What a secret says; null where there is none.</summary>
    private protected static string? Reveal(SecureString? secret) => secret is null ? null : new NetworkCredential(string.Empty, secret).Password;

    /// <summary>Ends the command where a host has the scheme or port of a URI.</summary>
    private protected void CheckHost(string host)
    {
        if (host.Contains("://", StringComparison.Ordinal) || (host.Contains(':') && !IPAddress.TryParse(host, out _)))
        {
            ThrowInvalid(ErrorRecords.InvalidParameterValue, $"'{host}' is not a name or address: scheme and port do not belong to it.", host);
        }
    }

    /// <summary>A limit in seconds as a time span; 0 is none.</summary>
    protected internal static TimeSpan ToLimit(double seconds) => seconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);

    /// <summary>Has something done by the pipeline thread, while it waits in <see cref="Await{T}"/>. Any thread may call it.</summary>
    protected void Post(Action action)
    {
        lock (_disposal)
        {
            if (!_disposed)
            {
                _posted.Enqueue(action);
                _wake.Set();
            }
        }
    }

    /// <summary>
    /// Runs asynchronous work and waits for it. However this is left, the work is cancelled and awaited first.
    /// </summary>
    /// <param name="start">Starts the work; the token is cancelled by Ctrl+C and at the limit.</param>
    /// <param name="limit">The limit; infinite for none.</param>
    /// <exception cref="SocketLimitException">The limit was reached.</exception>
    /// <exception cref="PipelineStoppedException">Ctrl+C.</exception>
    protected T Await<T>(Func<CancellationToken, Task<T>> start, TimeSpan limit)
    {
        using CancellationTokenSource cancellation = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        if (limit != Timeout.InfiniteTimeSpan)
        {
            cancellation.CancelAfter(limit);
        }

        Task<T> work = start(cancellation.Token);
        try
        {
            if (!work.IsCompleted || !_posted.IsEmpty)
            {
                Pump(work);
            }

            return work.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new SocketLimitException();
        }
        finally
        {
            if (!work.IsCompleted)
            {
                // Something that was posted has thrown: Ctrl+C, or the pipeline has ended under a write.
                cancellation.Cancel();
                ((IAsyncResult)work).AsyncWaitHandle.WaitOne();
            }
        }
    }

    /// <inheritdoc cref="Await{T}(Func{CancellationToken, Task{T}}, TimeSpan)"/>
    protected void Await(Func<CancellationToken, Task> start, TimeSpan limit) => Await(
        async token =>
        {
            await start(token).ConfigureAwait(false);
            return true;
        },
        limit);

    /// <summary>Runs a call of the engine; an error of the engine is written, not thrown. Never round a write to the pipeline.</summary>
    /// <param name="call">The call.</param>
    /// <param name="target">What the error is about.</param>
    /// <param name="atLimit">The error for a wait that reached its limit; null where the call has none.</param>
    /// <returns>False where there was an error; <see cref="LastError"/> says which.</returns>
    protected bool TryRun(Action call, object? target, Func<Exception>? atLimit = null)
    {
        try
        {
            call();
            return true;
        }
        catch (SocketLimitException) when (atLimit is not null)
        {
            LastError = null;
            WriteError(ErrorRecords.FromEngine(atLimit(), target));
        }
        catch (Exception exception) when (exception is ISocketFailure)
        {
            LastError = ((ISocketFailure)exception).ErrorId;
            WriteError(ErrorRecords.FromEngine(exception, target));
        }

        return false;
    }

    /// <summary>Ends the command with an error about its parameters.</summary>
    [DoesNotReturn]
    protected void ThrowInvalid(string id, string message, object? target = null)
    {
        ThrowTerminatingError(ErrorRecords.InvalidArgument(id, message, target));
        throw new InvalidOperationException("Unreachable.");
    }

    private void Pump(Task work)
    {
        _ = work.ContinueWith(
            static (_, state) => ((SocketCommand)state!).Post(static () => { }),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        while (true)
        {
            _wake.Wait();
            _wake.Reset();
            while (_posted.TryDequeue(out Action? action))
            {
                action();
            }

            if (work.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>The limit of a wait was reached; each cmdlet says what that means.</summary>
    protected sealed class SocketLimitException : Exception
    {
        /// <summary>Creates the exception.</summary>
        public SocketLimitException()
            : base("The limit was reached.")
        {
        }
    }
}
