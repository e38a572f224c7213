using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MvStore.Tests.Architecture;

/// <summary>A compiled assembly, read without loading it: who uses and calls what.</summary>
internal sealed class CompiledAssembly
{
    private CompiledAssembly(ModuleDefinition module) => Module = module;

    public static CompiledAssembly Engine { get; } = Read("MvStore");

    public static CompiledAssembly Sqlite { get; } = Read("MvStore.Sqlite");

    public static CompiledAssembly Hosting { get; } = Read("MvStore.Hosting");

    public ModuleDefinition Module { get; }

    /// <summary>Every type somebody wrote, nested ones included. What the compiler made counts for the type it was made for.</summary>
    public IEnumerable<TypeDefinition> Types => Module.GetTypes().Where(t => !IsGenerated(Outermost(t)));

    /// <summary>The namespace of the outermost type: lambdas and state machines belong to the type they were written in.</summary>
    public static string LayerOf(TypeReference type) => Outermost(type).Namespace;

    public static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }

        return type;
    }

    /// <summary>Methods that a type calls, or takes a delegate of.</summary>
    public static IEnumerable<MethodReference> CallsOf(TypeDefinition type)
        => type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions).Select(i => i.Operand).OfType<MethodReference>();

    /// <summary>Types that a type names anywhere: signatures, fields, bodies, attributes, constraints.</summary>
    public static IEnumerable<TypeReference> UsesOf(TypeDefinition type)
        => type.Methods.SelectMany(UsesOf)
            .Concat(type.Interfaces.Select(i => i.InterfaceType))
            .Concat(type.Fields.Select(f => f.FieldType))
            .Concat(type.CustomAttributes.Select(a => a.AttributeType))
            .Concat(type.GenericParameters.SelectMany(ConstraintsOf))
            .Append(type.BaseType)
            .Where(u => u is not null)
            .SelectMany(Flatten);

    private static CompiledAssembly Read(string name)
        => new(ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, name + ".dll")));

    private static IEnumerable<TypeReference> UsesOf(MethodDefinition method)
    {
        var signature = method.Parameters.Select(p => p.ParameterType)
            .Append(method.ReturnType)
            .Concat(method.CustomAttributes.Select(a => a.AttributeType))
            .Concat(method.GenericParameters.SelectMany(ConstraintsOf));
        return method.HasBody ? signature.Concat(UsesOf(method.Body)) : signature;
    }

    private static IEnumerable<TypeReference> UsesOf(MethodBody body)
        => body.Variables.Select(v => v.VariableType)
            .Concat(body.ExceptionHandlers.Select(h => h.CatchType))
            .Concat(body.Instructions.SelectMany(i => UsesOf(i.Operand)));

    private static IEnumerable<TypeReference> UsesOf(object? operand) => operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod method => [method.DeclaringType, .. method.GenericArguments, .. SignatureOf(method)],
        MethodReference method => [method.DeclaringType, .. SignatureOf(method)],
        FieldReference field => [field.DeclaringType, field.FieldType],
        _ => [],
    };

    private static IEnumerable<TypeReference> SignatureOf(MethodReference method)
        => method.Parameters.Select(p => p.ParameterType).Append(method.ReturnType);

    private static IEnumerable<TypeReference> ConstraintsOf(GenericParameter parameter)
        => parameter.Constraints.Select(c => c.ConstraintType);

    private static IEnumerable<TypeReference> Flatten(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Flatten).Append(generic.ElementType),
        GenericParameter => [],
        TypeSpecification specification => Flatten(specification.ElementType),
        _ => [type],
    };

    private static bool IsGenerated(TypeReference type)
        => type.Name.StartsWith('<')
            || type is TypeDefinition { HasCustomAttributes: true } definition
                && definition.CustomAttributes.Any(a => a.AttributeType.Name is "CompilerGeneratedAttribute" or "GeneratedCodeAttribute");
}
