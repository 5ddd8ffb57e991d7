package dev.triptych.text.template;

import java.util.List;

/** Something that writes. */
@FunctionalInterface
interface Statement {

    Flow run(Scope scope, StringBuilder out);

    /** How a loop goes on. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    /** Statements one after the other. */
    static Statement sequence(List<Statement> statements) {
        List<Statement> all = List.copyOf(statements);
        return (scope, out) -> {
            for (Statement statement : all) {
                Flow flow = statement.run(scope, out);
                if (flow != Flow.NEXT) {
                    return flow;
                }
            }
            return Flow.NEXT;
        };
    }
}
