using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using PSSockets.Benchmarks;
using PSSockets.Benchmarks.Measuring;
using PSSockets.Benchmarks.Servers;
using PSSockets.Benchmarks.Suites;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["serve", string kind])
{
    return ServeCommand.Run(kind);
}

BenchmarkOptions options;
try
{
    options = BenchmarkOptions.Parse(args);
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine($"{exception.Message}\n{BenchmarkOptions.Usage}");
    return 2;
}

#if DEBUG
Console.Error.WriteLine("This is a Debug build: its figures mean nothing. Run it with -c Release.");
#endif

long start = Stopwatch.GetTimestamp();
Console.Out.WriteLine(
    $"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {options.PowerShell.Name}");
Report report = new(Console.Out);
PatienceBudget patience = new(TimeSpan.FromSeconds(45));
foreach (string suite in options.Suites)
{
    try
    {
        switch (suite)
        {
            case "echo":
                EchoSuite.Run(options, report, patience);
                break;
            case "receive":
                PipelineSuite.RunReceive(options, report, patience);
                break;
            case "send":
                PipelineSuite.RunSend(options, report, patience);
                break;
            case "calls":
                CallSuite.Run(options, report);
                break;
            case "idle":
                IdleSuite.Run(options, report);
                break;
            case "chat":
                ChatSuite.Run(options, report, patience);
                break;
            case "churn":
                ChurnSuite.Run(options, report, patience);
                break;
            case "udp":
                UdpSuite.Run(options, report, patience);
                break;
        }
    }
    catch (Exception exception) when (exception is IOException or TimeoutException or PlatformNotSupportedException)
    {
        report.Remark($"**{suite} was not finished**: {exception.Message}");
    }
}

report.WriteTargets();
report.Remark($"Took {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s.");
return 0;
