package dev.triptych.text.template;

import org.jspecify.annotations.Nullable;

/** Something that has a value. */
@FunctionalInterface
interface Expression {

    @Nullable
    Object evaluate(Scope scope);
}
