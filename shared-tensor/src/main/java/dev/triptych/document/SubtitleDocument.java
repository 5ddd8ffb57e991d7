package dev.triptych.document;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Subtitles ({@code .srt}). A cue's lines are one text, unless they are two people's, each with a dash; the translation is
 * broken into lines again. Numbers, times and positions stay.
 *
 * @param lines the file's lines
 * @param cues the cues' texts
 */
public record SubtitleDocument(TextDocument lines, List<Cue> cues) implements Document {

    private static final Pattern TIMES =
            Pattern.compile("\\d+:\\d\\d:\\d\\d[,.]\\d{1,3}\\s*-->\\s*\\d+:\\d\\d:\\d\\d[,.]\\d{1,3}.*");

    /** {@code {\an8}} and the like. */
    private static final Pattern POSITION = Pattern.compile("(?:\\{\\\\[^}]*}\\s*)*");

    private static final Pattern SPEAKER = Pattern.compile("[-–—]\\s?\\S.*");

    /** What a line of subtitles has by convention. */
    private static final int LINE_CHARS = 42;

    /**
     * One cue's text.
     *
     * @param from its first line
     * @param to behind its last line
     * @param position what stands before the words
     * @param text the words, lines joined
     */
    public record Cue(int from, int to, String position, String text) {}

    static SubtitleDocument parse(byte[] content) throws DocumentException {
        TextDocument lines = TextDocument.parse(content);
        List<Cue> cues = new ArrayList<>();
        int i = 0;
        while (i < lines.lines().size()) {
            boolean times = TIMES.matcher(lines.lines().get(i).text()).matches();
            i++;
            if (times) {
                int from = i;
                while (i < lines.lines().size() && !lines.lines().get(i).blank()) {
                    i++;
                }
                if (i > from) {
                    cues.add(cue(lines, from, i));
                }
            }
        }
        if (cues.isEmpty() && lines.lines().stream().anyMatch(line -> !line.blank())) {
            throw new DocumentException("there is no line of times such as 00:00:01,000 --> 00:00:02,500");
        }
        return new SubtitleDocument(lines, List.copyOf(cues));
    }

    private static Cue cue(TextDocument lines, int from, int to) {
        Matcher position = POSITION.matcher(lines.lines().get(from).text());
        // It matches whatever comes, if only an empty stretch.
        int start = position.lookingAt() ? position.end() : 0;
        List<String> texts = new ArrayList<>();
        texts.add(lines.lines().get(from).text().substring(start));
        lines.lines().subList(from + 1, to).forEach(line -> texts.add(line.text()));
        boolean dialogue = texts.size() > 1
                && texts.stream().allMatch(text -> SPEAKER.matcher(text).matches());
        return new Cue(
                from,
                to,
                position.group(),
                String.join(dialogue ? "\n" : " ", texts).strip());
    }

    @Override
    public int size() {
        return cues.size();
    }

    @Override
    public String text(int index) {
        return cues.get(index).text();
    }

    @Override
    public int line(int index) {
        return cues.get(index).from();
    }

    @Override
    public String noun() {
        return "cues";
    }

    @Override
    public byte[] render(IntFunction<@Nullable String> translations) {
        List<TextDocument.Line> rendered = new ArrayList<>(lines.lines());
        for (int i = cues.size() - 1; i >= 0; i--) {
            String translation = cues.get(i).text().isEmpty() ? null : translations.apply(i);
            if (translation != null) {
                replace(rendered, cues.get(i), translation);
            }
        }
        return new TextDocument(lines.byteOrderMark(), rendered).render(line -> null);
    }

    private static void replace(List<TextDocument.Line> rendered, Cue cue, String translation) {
        String terminator = rendered.get(cue.from() - 1).terminator();
        String last = rendered.get(cue.to() - 1).terminator();
        List<String> wrapped = new ArrayList<>();
        for (String part : translation.strip().split("\\R+")) {
            wrapped.addAll(wrapped(part, cue.to() - cue.from()));
        }
        List<TextDocument.Line> place = rendered.subList(cue.from(), cue.to());
        place.clear();
        for (int i = 0; i < wrapped.size(); i++) {
            String text = (i == 0 ? cue.position() : "") + wrapped.get(i);
            place.add(new TextDocument.Line("", text, "", i + 1 < wrapped.size() ? terminator : last));
        }
    }

    /**
     * Lines of about the same length: one where the text fits, else as many as it needs.
     *
     * @param before how many lines the source had, of which not more are made without need
     */
    private static List<String> wrapped(String text, int before) {
        int length = text.length();
        if (length <= LINE_CHARS) {
            return List.of(text);
        }
        int count = Math.max(Math.min(before, 2), (length + LINE_CHARS - 1) / LINE_CHARS);
        List<String> lines = new ArrayList<>();
        String rest = text;
        for (int left = count; left > 1 && rest.indexOf(' ') > 0; left--) {
            int cut = nearestSpace(rest, rest.length() / left);
            lines.add(rest.substring(0, cut));
            rest = rest.substring(cut).strip();
        }
        lines.add(rest);
        return lines;
    }

    private static int nearestSpace(String text, int goal) {
        int before = text.lastIndexOf(' ', goal);
        int after = text.indexOf(' ', goal);
        if (before <= 0) {
            return after;
        }
        return after < 0 || goal - before <= after - goal ? before : after;
    }
}
