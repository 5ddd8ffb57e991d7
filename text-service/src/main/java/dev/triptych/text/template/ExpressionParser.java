package dev.triptych.text.template;

import dev.triptych.text.template.Token.Kind;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Expressions by recursive descent, in Jinja's order of precedence: filters and tests bind closest, {@code if} least. */
final class ExpressionParser {

    private final Tokens tokens;

    ExpressionParser(Tokens tokens) {
        this.tokens = tokens;
    }

    /** One expression, or several with commas as a list. */
    Expression tuple() {
        Expression first = expression();
        if (!tokens.at(Kind.OPERATOR, ",")) {
            return first;
        }
        List<Expression> all = new ArrayList<>(List.of(first));
        while (tokens.accept(Kind.OPERATOR, ",") && !tokens.at(Kind.BLOCK_END) && !tokens.at(Kind.PRINT_END)) {
            all.add(expression());
        }
        return listOf(all);
    }

    Expression expression() {
        Expression value = or();
        while (tokens.accept(Kind.NAME, "if")) {
            Expression chosen = value;
            Expression condition = or();
            Expression otherwise =
                    tokens.accept(Kind.NAME, "else") ? expression() : scope -> new Undefined("the missing else");
            value = scope ->
                    Values.truth(condition.evaluate(scope)) ? chosen.evaluate(scope) : otherwise.evaluate(scope);
        }
        return value;
    }

    /** Without a trailing {@code if}, which belongs to the loop. */
    Expression or() {
        Expression left = and();
        while (tokens.accept(Kind.NAME, "or")) {
            Expression one = left;
            Expression other = and();
            left = scope -> {
                Object value = one.evaluate(scope);
                return Values.truth(value) ? value : other.evaluate(scope);
            };
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.accept(Kind.NAME, "and")) {
            Expression one = left;
            Expression other = not();
            left = scope -> {
                Object value = one.evaluate(scope);
                return Values.truth(value) ? other.evaluate(scope) : value;
            };
        }
        return left;
    }

    private Expression not() {
        if (tokens.accept(Kind.NAME, "not")) {
            Expression value = not();
            return scope -> !Values.truth(value.evaluate(scope));
        }
        return comparison();
    }

    private interface Comparison {
        boolean holds(@Nullable Object one, @Nullable Object other);
    }

    /** A chain: {@code a < b < c} holds where each pair does. */
    private Expression comparison() {
        Expression first = sum();
        List<Comparison> comparisons = new ArrayList<>();
        List<Expression> others = new ArrayList<>();
        for (Comparison next = comparator(); next != null; next = comparator()) {
            comparisons.add(next);
            others.add(sum());
        }
        if (comparisons.isEmpty()) {
            return first;
        }
        return scope -> {
            Object left = first.evaluate(scope);
            for (int i = 0; i < comparisons.size(); i++) {
                Object right = others.get(i).evaluate(scope);
                if (!comparisons.get(i).holds(left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        };
    }

    private @Nullable Comparison comparator() {
        if (tokens.accept(Kind.NAME, "in")) {
            return (one, other) -> Values.contains(other, one);
        }
        if (tokens.accept(Kind.NAME, "not")) {
            tokens.expect(Kind.NAME, "in");
            return (one, other) -> !Values.contains(other, one);
        }
        if (!tokens.at(Kind.OPERATOR)) {
            return null;
        }
        Comparison comparison = switch (tokens.peek().text()) {
            case "==" -> Values::equal;
            case "!=" -> (one, other) -> !Values.equal(one, other);
            case "<" -> (one, other) -> Values.compare(one, other) < 0;
            case "<=" -> (one, other) -> Values.compare(one, other) <= 0;
            case ">" -> (one, other) -> Values.compare(one, other) > 0;
            case ">=" -> (one, other) -> Values.compare(one, other) >= 0;
            default -> null;
        };
        if (comparison != null) {
            tokens.next();
        }
        return comparison;
    }

    private Expression sum() {
        Expression left = concatenation();
        while (tokens.at(Kind.OPERATOR, "+") || tokens.at(Kind.OPERATOR, "-")) {
            String operator = tokens.next().text();
            Expression one = left;
            Expression other = concatenation();
            left = scope -> operator.equals("+")
                    ? Values.add(one.evaluate(scope), other.evaluate(scope))
                    : Values.arithmetic("-", one.evaluate(scope), other.evaluate(scope));
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        while (tokens.accept(Kind.OPERATOR, "~")) {
            Expression one = left;
            Expression other = product();
            left = scope -> Values.text(one.evaluate(scope)) + Values.text(other.evaluate(scope));
        }
        return left;
    }

    private Expression product() {
        Expression left = unary();
        while (tokens.at(Kind.OPERATOR)
                && List.of("*", "/", "//", "%").contains(tokens.peek().text())) {
            String operator = tokens.next().text();
            Expression one = left;
            Expression other = unary();
            left = scope -> Values.arithmetic(operator, one.evaluate(scope), other.evaluate(scope));
        }
        return left;
    }

    private Expression unary() {
        if (tokens.accept(Kind.OPERATOR, "-")) {
            Expression value = unary();
            return scope -> Values.arithmetic("-", 0L, value.evaluate(scope));
        }
        if (tokens.accept(Kind.OPERATOR, "+")) {
            return unary();
        }
        Expression base = filtered(postfix(primary()));
        if (tokens.accept(Kind.OPERATOR, "**")) {
            Expression exponent = unary();
            return scope -> Values.arithmetic("**", base.evaluate(scope), exponent.evaluate(scope));
        }
        return base;
    }

    private Expression primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case STRING -> text(token);
            case INTEGER -> constant(Long.parseLong(token.text()));
            case FLOAT -> constant(Double.parseDouble(token.text()));
            case NAME -> name(token.text());
            case OPERATOR ->
                switch (token.text()) {
                    case "(" -> parenthesis();
                    case "[" -> listOf(elements("]"));
                    case "{" -> map();
                    default -> throw unexpected(token);
                };
            default -> throw unexpected(token);
        };
    }

    private static TemplateException unexpected(Token token) {
        return new TemplateException("unexpected " + token.kind() + " '" + token.text() + "'");
    }

    private static Expression constant(@Nullable Object value) {
        return scope -> value;
    }

    private Expression text(Token first) {
        StringBuilder text = new StringBuilder(first.text());
        while (tokens.at(Kind.STRING)) {
            text.append(tokens.next().text());
        }
        return constant(text.toString());
    }

    private static Expression name(String name) {
        return switch (name) {
            case "true", "True" -> constant(true);
            case "false", "False" -> constant(false);
            case "none", "None" -> constant(null);
            default -> scope -> scope.get(name);
        };
    }

    private Expression parenthesis() {
        if (tokens.accept(Kind.OPERATOR, ")")) {
            return listOf(List.of());
        }
        Expression first = expression();
        if (tokens.accept(Kind.OPERATOR, ")")) {
            return first;
        }
        tokens.expect(Kind.OPERATOR, ",");
        List<Expression> all = new ArrayList<>(List.of(first));
        all.addAll(elements(")"));
        return listOf(all);
    }

    private List<Expression> elements(String close) {
        List<Expression> elements = new ArrayList<>();
        while (!tokens.accept(Kind.OPERATOR, close)) {
            elements.add(expression());
            if (!tokens.accept(Kind.OPERATOR, ",")) {
                tokens.expect(Kind.OPERATOR, close);
                break;
            }
        }
        return elements;
    }

    private static Expression listOf(List<Expression> elements) {
        return scope -> {
            List<@Nullable Object> list = new ArrayList<>(elements.size());
            elements.forEach(element -> list.add(element.evaluate(scope)));
            return list;
        };
    }

    private Expression map() {
        Map<Expression, Expression> entries = new LinkedHashMap<>();
        while (!tokens.accept(Kind.OPERATOR, "}")) {
            Expression key = expression();
            tokens.expect(Kind.OPERATOR, ":");
            entries.put(key, expression());
            if (!tokens.accept(Kind.OPERATOR, ",")) {
                tokens.expect(Kind.OPERATOR, "}");
                break;
            }
        }
        return scope -> {
            Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
            entries.forEach((key, value) -> map.put(key.evaluate(scope), value.evaluate(scope)));
            return map;
        };
    }

    private Expression postfix(Expression start) {
        Expression value = start;
        while (tokens.at(Kind.OPERATOR)) {
            Expression object = value;
            if (tokens.accept(Kind.OPERATOR, ".")) {
                String name = tokens.next().text();
                value = scope -> Members.attribute(object.evaluate(scope), name);
            } else if (tokens.accept(Kind.OPERATOR, "[")) {
                value = subscript(object);
            } else if (tokens.accept(Kind.OPERATOR, "(")) {
                Arguments arguments = arguments();
                value = scope -> arguments.apply(object.evaluate(scope), scope);
            } else {
                return value;
            }
        }
        return value;
    }

    private Expression subscript(Expression object) {
        List<@Nullable Expression> parts = new ArrayList<>();
        boolean slice = false;
        while (!tokens.at(Kind.OPERATOR, "]")) {
            if (tokens.accept(Kind.OPERATOR, ":")) {
                if (!slice && parts.isEmpty() || slice && parts.size() < 2) {
                    parts.add(null);
                }
                slice = true;
            } else {
                parts.add(expression());
            }
        }
        tokens.expect(Kind.OPERATOR, "]");
        if (!slice) {
            Expression key = parts.getFirst();
            return scope -> Members.item(object.evaluate(scope), key == null ? null : key.evaluate(scope));
        }
        while (parts.size() < 3) {
            parts.add(null);
        }
        return scope -> {
            List<@Nullable Object> bounds = new ArrayList<>();
            for (Expression part : parts) {
                bounds.add(part == null ? null : part.evaluate(scope));
            }
            return Members.slice(object.evaluate(scope), bounds.get(0), bounds.get(1), bounds.get(2));
        };
    }

    /** Behind the opening bracket. */
    private Arguments arguments() {
        List<Expression> inOrder = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.accept(Kind.OPERATOR, ")")) {
            Token first = tokens.peek();
            Expression value = expression();
            if (first.kind() == Kind.NAME && tokens.accept(Kind.OPERATOR, "=")) {
                named.put(first.text(), expression());
            } else {
                inOrder.add(value);
            }
            if (!tokens.accept(Kind.OPERATOR, ",")) {
                tokens.expect(Kind.OPERATOR, ")");
                break;
            }
        }
        return new Arguments(inOrder, named);
    }

    private Expression filtered(Expression start) {
        Expression value = start;
        while (true) {
            Expression input = value;
            if (tokens.accept(Kind.OPERATOR, "|")) {
                String name = tokens.expect(Kind.NAME).text();
                Arguments arguments = tokens.accept(Kind.OPERATOR, "(") ? arguments() : Arguments.NONE;
                Filters.require(name);
                value = postfix(scope -> Filters.apply(
                        name, input.evaluate(scope), arguments.evaluated(scope), arguments.evaluatedByName(scope)));
            } else if (tokens.accept(Kind.NAME, "is")) {
                value = test(input);
            } else {
                return value;
            }
        }
    }

    private Expression test(Expression input) {
        boolean negated = tokens.accept(Kind.NAME, "not");
        String name = tokens.expect(Kind.NAME).text();
        Arguments arguments = Arguments.NONE;
        if (tokens.accept(Kind.OPERATOR, "(")) {
            arguments = arguments();
        } else if (Tests.takesArgument(name)) {
            arguments = new Arguments(List.of(postfix(primary())), Map.of());
        }
        Tests.require(name);
        Arguments given = arguments;
        return scope -> {
            Iterator<@Nullable Object> argument = given.evaluated(scope).iterator();
            return negated != Tests.holds(name, input.evaluate(scope), argument.hasNext() ? argument.next() : null);
        };
    }
}
