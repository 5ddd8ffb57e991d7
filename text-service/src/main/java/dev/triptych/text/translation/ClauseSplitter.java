package dev.triptych.text.translation;

import dev.triptych.text.translation.protection.MarkedText;

/**
 * Cuts a sentence that is too long for the model in two, as near its middle as a good place allows: after a semicolon or
 * colon, else after a comma, else between words, else between characters. Pure; safe from any thread.
 */
final class ClauseSplitter {

    private static final int STRONG = 0;
    private static final int COMMA = 1;
    private static final int WORD = 2;

    private ClauseSplitter() {}

    /**
     * Where a sentence is cut.
     *
     * @param leftEnd end of the first part
     * @param rightStart start of the second part; what lies between is white space
     */
    record Cut(int leftEnd, int rightStart) {}

    /** @param marked at least two code points of which not all are one span, neither beginning nor ending with white space */
    static Cut cut(MarkedText marked) {
        String sentence = marked.text();
        int middle = sentence.length() / 2;
        int quarter = sentence.length() / 4;
        Cut best = new Cut(0, 0);
        long bestCost = Long.MAX_VALUE;
        int position = 0;
        while (position < sentence.length()) {
            if (!SentenceSplitter.isSpace(sentence.charAt(position)) || marked.splitsSpan(position)) {
                position++;
                continue;
            }
            int end = position;
            while (SentenceSplitter.isSpace(sentence.charAt(end))) {
                end++;
            }
            int distance = Math.abs(position - middle);
            // A good place far from the middle loses to a plain one near it: halves must shrink.
            int rank = distance <= quarter ? rank(sentence.charAt(position - 1)) : WORD + 1;
            long cost = (long) rank * sentence.length() + distance;
            if (cost < bestCost) {
                bestCost = cost;
                best = new Cut(position, end);
            }
            position = end;
        }
        return bestCost == Long.MAX_VALUE ? betweenCharacters(marked, middle) : best;
    }

    private static Cut betweenCharacters(MarkedText marked, int middle) {
        String sentence = marked.text();
        int index = middle;
        while (index < sentence.length() && (isContinuation(sentence, index) || marked.splitsSpan(index))) {
            index++;
        }
        if (index == sentence.length()) {
            index = sentence.offsetByCodePoints(sentence.length(), -1);
            while (index > 0 && marked.splitsSpan(index)) {
                index--;
            }
        }
        return new Cut(index, index);
    }

    private static boolean isContinuation(String sentence, int index) {
        int type = Character.getType(sentence.codePointAt(index));
        return index == 0
                || Character.isSurrogatePair(sentence.charAt(index - 1), sentence.charAt(index))
                || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    private static int rank(char before) {
        return switch (before) {
            case ';', ':', '.', '!', '?', '\u2013', '\u2014' -> STRONG;
            case ',', ')', ']' -> COMMA;
            default -> WORD;
        };
    }
}
