package dev.triptych.text.template;

import dev.triptych.text.template.Statement.Flow;
import dev.triptych.text.template.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Statements: text, printed expressions, {@code if}, {@code for}, {@code set}, {@code macro} and what goes with them. */
final class StatementParser {

    private final Tokens tokens;
    private final ExpressionParser expressions;

    StatementParser(List<Token> all) {
        this.tokens = new Tokens(all);
        this.expressions = new ExpressionParser(tokens);
    }

    /** The whole template. */
    Statement parse() {
        Statement body = body();
        tokens.expect(Kind.END);
        return body;
    }

    /** Statements up to one of those that only end others. */
    private Statement body(String... ends) {
        List<Statement> statements = new ArrayList<>();
        while (!tokens.at(Kind.END) && !atAny(ends)) {
            statements.add(statement());
        }
        return Statement.sequence(statements);
    }

    private boolean atAny(String... ends) {
        for (String end : ends) {
            if (tokens.atBlock(end)) {
                return true;
            }
        }
        return false;
    }

    private Statement statement() {
        if (tokens.at(Kind.TEXT)) {
            String text = tokens.next().text();
            return (scope, out) -> {
                out.append(text);
                return Flow.NEXT;
            };
        }
        if (tokens.at(Kind.PRINT_BEGIN)) {
            tokens.next();
            Expression value = expressions.tuple();
            tokens.expect(Kind.PRINT_END);
            return (scope, out) -> {
                out.append(Values.text(value.evaluate(scope)));
                return Flow.NEXT;
            };
        }
        tokens.expect(Kind.BLOCK_BEGIN);
        String name = tokens.expect(Kind.NAME).text();
        return switch (name) {
            case "if" -> branch();
            case "for" -> loop();
            case "set" -> assignment();
            case "macro" -> macro();
            case "generation" -> generation();
            case "break" -> leaving(Flow.BREAK);
            case "continue" -> leaving(Flow.CONTINUE);
            default -> throw new TemplateException("there is no statement '" + name + "' here");
        };
    }

    private void close(String end) {
        tokens.expect(Kind.BLOCK_BEGIN);
        tokens.expect(Kind.NAME, end);
        tokens.expect(Kind.BLOCK_END);
    }

    private Statement leaving(Flow flow) {
        tokens.expect(Kind.BLOCK_END);
        return (scope, out) -> flow;
    }

    /** Marks what the assistant writes, for training; changes nothing. */
    private Statement generation() {
        tokens.expect(Kind.BLOCK_END);
        Statement body = body("endgeneration");
        close("endgeneration");
        return body;
    }

    /** Behind {@code if} or {@code elif}. */
    private Statement branch() {
        Expression condition = expressions.tuple();
        tokens.expect(Kind.BLOCK_END);
        Statement then = body("elif", "else", "endif");
        Statement otherwise = Statement.sequence(List.of());
        if (tokens.atBlock("elif")) {
            tokens.next();
            tokens.next();
            otherwise = branch();
        } else {
            if (tokens.atBlock("else")) {
                close("else");
                otherwise = body("endif");
            }
            close("endif");
        }
        Statement other = otherwise;
        return (scope, out) -> Values.truth(condition.evaluate(scope)) ? then.run(scope, out) : other.run(scope, out);
    }

    private Statement loop() {
        List<String> names = names();
        tokens.expect(Kind.NAME, "in");
        Expression source = expressions.or();
        Expression condition = tokens.accept(Kind.NAME, "if") ? expressions.expression() : scope -> true;
        tokens.expect(Kind.BLOCK_END);
        Statement body = body("else", "endfor");
        Statement otherwise = Statement.sequence(List.of());
        if (tokens.atBlock("else")) {
            close("else");
            otherwise = body("endfor");
        }
        close("endfor");
        return new Loop(names, source, condition, body, otherwise);
    }

    private List<String> names() {
        boolean bracket = tokens.accept(Kind.OPERATOR, "(");
        List<String> names = new ArrayList<>(List.of(tokens.expect(Kind.NAME).text()));
        while (tokens.accept(Kind.OPERATOR, ",")) {
            names.add(tokens.expect(Kind.NAME).text());
        }
        if (bracket) {
            tokens.expect(Kind.OPERATOR, ")");
        }
        return names;
    }

    private Statement assignment() {
        List<String> names = names();
        if (tokens.accept(Kind.OPERATOR, ".")) {
            return member(names.getFirst(), tokens.expect(Kind.NAME).text());
        }
        if (tokens.accept(Kind.OPERATOR, "=")) {
            Expression value = expressions.tuple();
            tokens.expect(Kind.BLOCK_END);
            return (scope, out) -> {
                assign(scope, names, value.evaluate(scope));
                return Flow.NEXT;
            };
        }
        tokens.expect(Kind.BLOCK_END);
        Statement body = body("endset");
        close("endset");
        return (scope, out) -> {
            StringBuilder text = new StringBuilder();
            body.run(scope, text);
            scope.set(names.getFirst(), text.toString());
            return Flow.NEXT;
        };
    }

    private Statement member(String object, String name) {
        tokens.expect(Kind.OPERATOR, "=");
        Expression value = expressions.tuple();
        tokens.expect(Kind.BLOCK_END);
        return (scope, out) -> {
            if (!(scope.get(object) instanceof Members.Namespace namespace)) {
                throw new TemplateException("only a namespace's members can be set, '" + object + "' is none");
            }
            namespace.set(name, value.evaluate(scope));
            return Flow.NEXT;
        };
    }

    static void assign(Scope scope, List<String> names, @Nullable Object value) {
        if (names.size() == 1) {
            scope.set(names.getFirst(), value);
            return;
        }
        List<@Nullable Object> parts = Values.list(value);
        if (parts.size() != names.size()) {
            throw new TemplateException(parts.size() + " values for " + names.size() + " names");
        }
        for (int i = 0; i < names.size(); i++) {
            scope.set(names.get(i), parts.get(i));
        }
    }

    private Statement macro() {
        String name = tokens.expect(Kind.NAME).text();
        tokens.expect(Kind.OPERATOR, "(");
        Map<String, @Nullable Expression> parameters = new LinkedHashMap<>();
        while (!tokens.accept(Kind.OPERATOR, ")")) {
            String parameter = tokens.expect(Kind.NAME).text();
            parameters.put(parameter, tokens.accept(Kind.OPERATOR, "=") ? expressions.expression() : null);
            tokens.accept(Kind.OPERATOR, ",");
        }
        tokens.expect(Kind.BLOCK_END);
        Statement body = body("endmacro");
        close("endmacro");
        return (scope, out) -> {
            scope.set(name, (Callable) (List<@Nullable Object> arguments, Map<String, @Nullable Object> named) ->
                    call(scope, parameters, body, arguments, named));
            return Flow.NEXT;
        };
    }

    private static String call(
            Scope around,
            Map<String, @Nullable Expression> parameters,
            Statement body,
            List<@Nullable Object> arguments,
            Map<String, @Nullable Object> named) {
        Scope scope = new Scope(around);
        int index = 0;
        for (Map.Entry<String, @Nullable Expression> parameter : parameters.entrySet()) {
            String name = parameter.getKey();
            Expression otherwise = parameter.getValue();
            if (index < arguments.size()) {
                scope.set(name, arguments.get(index));
            } else if (named.containsKey(name)) {
                scope.set(name, named.get(name));
            } else {
                scope.set(name, otherwise == null ? new Undefined(name) : otherwise.evaluate(scope));
            }
            index++;
        }
        StringBuilder text = new StringBuilder();
        body.run(scope, text);
        return text.toString();
    }
}
