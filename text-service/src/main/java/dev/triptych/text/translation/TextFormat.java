package dev.triptych.text.translation;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import org.jspecify.annotations.Nullable;

/** What a text to translate is written in. */
public enum TextFormat {
    /** Plain text, with placeholders and now and then a tag. */
    TEXT,
    /** An HTML document or a part of one. */
    HTML;

    /**
     * The format of that name; text where none is named.
     *
     * @throws TriptychException.Rejected if there is none
     */
    public static TextFormat named(@Nullable String name) {
        return switch (name) {
            case null -> TEXT;
            case "text" -> TEXT;
            case "html" -> HTML;
            default ->
                throw new TriptychException.Rejected(
                        ErrorCode.INVALID_FIELD, "format", "format must be one of [text, html], got \"" + name + "\"");
        };
    }
}
