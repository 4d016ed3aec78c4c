using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Dynamic;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;

namespace PSSockets.Engine.Transport;

/// <summary>
/// Marks an internal property that leads to another object, for the reason that <see cref="ConnectionMembers"/> gives. Callers that bind
/// at run time, as scripts and C#'s <c>dynamic</c> do, reach it by its name (<see cref="LinkedMembers"/>).
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LinkedAttribute : Attribute;

/// <summary>
/// Binds the names of an object's linked properties at run time. They are members of the object itself: a script finds them in whatever
/// runspace it meets the object, also where nothing has been imported, and completion and lists of members name them.
/// </summary>
internal sealed class LinkedMembers : DynamicMetaObject
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, PropertyInfo>> s_properties = new();

    private readonly Dictionary<string, PropertyInfo> _properties;

    public LinkedMembers(Expression expression, object value)
        : base(expression, BindingRestrictions.Empty, value)
    {
        _properties = s_properties.GetOrAdd(value.GetType(), FindProperties);
    }

    public override IEnumerable<string> GetDynamicMemberNames() => _properties.Keys;

    public override DynamicMetaObject BindGetMember(GetMemberBinder binder)
    {
        if (!_properties.TryGetValue(binder.Name, out PropertyInfo? property) || (!binder.IgnoreCase && property.Name != binder.Name))
        {
            return base.BindGetMember(binder);
        }

        Expression value = Expression.Property(Expression.Convert(Expression, LimitType), property);
        DynamicMetaObject linked = new(
            Expression.Convert(value, binder.ReturnType), BindingRestrictions.GetTypeRestriction(Expression, LimitType));

        // The caller's language comes first: PowerShell's type data gives end points as text.
        return binder.FallbackGetMember(this, linked);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Who binds at run time does not trim: PowerShell cannot.")]
    private static Dictionary<string, PropertyInfo> FindProperties(Type type)
        => type.GetProperties(BindingFlags.Instance | BindingFlags.NonPublic)
            .Where(property => Attribute.IsDefined(property, typeof(LinkedAttribute), inherit: true))
            .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
}
