package dev.triptych.text.translation.protection;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a model is shown in a span's place. Each is a placeholder of a form that software texts are full of. */
public enum MaskStyle {
    /** Terms stay too, in the hope that the model knows the wanted translation; all else is as {@link #IN_PLACE}. */
    TRUSTING("%%%d$s", "%(\\d{1,6})\\$"),
    /** Literals stay where they are, and terms are shown already translated; only what cannot be shown is masked, as in {@link #POSITIONS}. */
    IN_PLACE("%%%d$s", "%(\\d{1,6})\\$"),
    /** {@code %1$s} */
    POSITIONS("%%%d$s", "%(\\d{1,6})\\$"),
    /** <code>{1}</code> */
    BRACES("{%d}", "\\{(\\d{1,6})\\}");

    private final String format;
    private final Pattern pattern;

    MaskStyle(String format, String pattern) {
        this.format = format;
        this.pattern = Pattern.compile(pattern);
    }

    String mask(int number) {
        return format.formatted(number);
    }

    /** A number that neither this text nor any lower one has in a mask. */
    int firstFree(String text) {
        int highest = 0;
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            highest = Math.max(highest, Integer.parseInt(matcher.group(1)));
        }
        return highest + 1;
    }
}
