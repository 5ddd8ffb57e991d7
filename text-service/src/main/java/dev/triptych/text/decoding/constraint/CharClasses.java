package dev.triptych.text.decoding.constraint;

/** The classes that regular expressions have names for. */
final class CharClasses {

    static final CodePoints DIGITS = CodePoints.of('0', '9');

    static final CodePoints WORD =
            DIGITS.or(CodePoints.of('A', 'Z')).or(CodePoints.of('a', 'z')).or(CodePoints.of('_'));

    /** White space for every dialect. */
    static final CodePoints SPACES = CodePoints.anyOf(" \t\n\r\f\u000B");

    /** What any dialect takes for white space. */
    static final CodePoints ALL_SPACES = SPACES.or(CodePoints.of(0x1C, 0x1F))
            .or(CodePoints.anyOf("\u0085\u00A0\u1680\u2028\u2029\u202F\u205F\u3000\uFEFF"))
            .or(CodePoints.of(0x2000, 0x200A));

    /** What any dialect takes for the end of a line. */
    static final CodePoints LINE_ENDS = CodePoints.anyOf("\n\r\u0085\u2028\u2029");

    private CharClasses() {}
}
