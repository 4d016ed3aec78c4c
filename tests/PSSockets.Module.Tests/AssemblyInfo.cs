using Xunit;

// The Pester files measure times; nothing else shall run beside them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
