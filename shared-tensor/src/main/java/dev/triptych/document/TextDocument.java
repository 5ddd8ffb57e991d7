package dev.triptych.document;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A text file as lines. Everything that is not a line's text (byte order mark, white space around it, line ends of
 * whatever kind, a missing last one) is kept, so a rendered document differs from its source in the texts only.
 *
 * @param byteOrderMark whether the file began with one
 */
public record TextDocument(boolean byteOrderMark, List<Line> lines) implements Document {

    private static final char BOM = '\uFEFF';

    /** One line: {@code leading} and {@code trailing} are white space, {@code text} is empty in a blank line. */
    public record Line(String leading, String text, String trailing, String terminator) {

        static Line of(String content, String terminator) {
            String text = content.strip();
            int start = content.length() - content.stripLeading().length();
            return text.isEmpty()
                    ? new Line(content, "", "", terminator)
                    : new Line(content.substring(0, start), text, content.substring(start + text.length()), terminator);
        }

        public boolean blank() {
            return text.isEmpty();
        }
    }

    /** @throws DocumentException if the bytes are not UTF-8, naming the line */
    public static TextDocument parse(byte[] utf8) throws DocumentException {
        String content = decode(utf8);
        boolean byteOrderMark = !content.isEmpty() && content.charAt(0) == BOM;
        return new TextDocument(byteOrderMark, split(byteOrderMark ? content.substring(1) : content));
    }

    @Override
    public int size() {
        return lines.size();
    }

    @Override
    public String text(int index) {
        return lines.get(index).text();
    }

    @Override
    public int line(int index) {
        return index;
    }

    @Override
    public String noun() {
        return "lines";
    }

    /** The document with other texts. {@code null} from {@code texts} keeps a line's own; blank lines are not asked. */
    @Override
    public byte[] render(IntFunction<@Nullable String> texts) {
        StringBuilder out = new StringBuilder();
        if (byteOrderMark) {
            out.append(BOM);
        }
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            String text = line.blank() ? null : texts.apply(i);
            out.append(line.leading())
                    .append(text == null ? line.text() : oneLine(text))
                    .append(line.trailing())
                    .append(line.terminator());
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A line stays a line, whatever a model writes. */
    static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ").strip();
    }

    private static List<Line> split(String content) {
        List<Line> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            if (c != '\n' && c != '\r') {
                continue;
            }
            boolean pair = c == '\r' && i + 1 < content.length() && content.charAt(i + 1) == '\n';
            int end = pair ? i + 2 : i + 1;
            lines.add(Line.of(content.substring(start, i), content.substring(i, end)));
            start = end;
            i = end - 1;
        }
        if (start < content.length()) {
            lines.add(Line.of(content.substring(start), ""));
        }
        return lines;
    }

    private static String decode(byte[] utf8) throws DocumentException {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(utf8);
        CharBuffer out = CharBuffer.allocate(utf8.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            int line = 1;
            for (int i = 0; i < in.position(); i++) {
                if (utf8[i] == '\n') {
                    line++;
                }
            }
            throw new DocumentException("line " + line + " is not UTF-8 (byte "
                    + String.format("0x%02X", utf8[in.position()]) + " at offset " + in.position()
                    + "); convert the file first, for example with iconv");
        }
        return out.flip().toString();
    }
}
