namespace PSSockets.Engine.Chat;

/// <summary>A message that a change of the state has led to, and who is to get it.</summary>
/// <param name="Message">The message.</param>
/// <param name="Recipients">
/// Members of this node. The same array for the same members, so that what many messages have in common is seen by a glance.
/// </param>
/// <param name="Except">The one among them who does not get it, mostly who caused it.</param>
/// <param name="IsForHandler">False for what another server's handler says: two handlers would talk to each other for ever.</param>
internal readonly record struct ChatEffect(ChatMessage Message, Participant[] Recipients, Participant? Except, bool IsForHandler = true);
