package dev.triptych.document;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A gettext catalog ({@code .po}). Only messages without a translation are translated; each gets the flag {@code fuzzy},
 * with which gettext marks what a person has not read yet. Every other line stays as it is: header, comments, contexts,
 * obsolete messages, translations that are there.
 *
 * @param lines the file's lines
 * @param slots the places of translations that are missing, in order
 */
public record CatalogDocument(TextDocument lines, List<Slot> slots) implements Document {

    private static final Pattern STATEMENT =
            Pattern.compile("(msgctxt|msgid|msgid_plural|msgstr(?:\\[\\d+])?)\\s*(\".*)");
    private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*+)\"");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");
    private static final String FUZZY = "fuzzy";

    /**
     * A translation that is missing.
     *
     * @param text what is translated, decoded
     * @param statement its keyword: {@code msgstr} or {@code msgstr[1]}
     * @param from its first line
     * @param to behind its last line
     * @param entry the first line of its message
     * @param flags the message's line of flags, or -1
     */
    public record Slot(String text, String statement, int from, int to, int entry, int flags) {}

    /** A keyword with its text. */
    private record Statement(String keyword, String text, int from, int to) {}

    static CatalogDocument parse(byte[] content) throws DocumentException {
        TextDocument lines = TextDocument.parse(content);
        List<Slot> slots = new ArrayList<>();
        List<Statement> message = new ArrayList<>();
        int entry = -1;
        int flags = -1;
        int i = 0;
        while (i < lines.lines().size()) {
            String line = lines.lines().get(i).text();
            boolean begins = line.startsWith("msgctxt") || line.startsWith("msgid ") || line.startsWith("msgid\"");
            boolean over = message.stream().anyMatch(one -> one.keyword().startsWith("msgstr"));
            if (line.isEmpty() || over && (begins || line.startsWith("#"))) {
                addSlots(message, entry, flags, slots);
                message.clear();
                entry = -1;
                flags = -1;
            }
            if (line.isEmpty()) {
                i++;
                continue;
            }
            if (line.startsWith("#")) {
                flags = line.startsWith("#,") ? i : flags;
                i++;
                continue;
            }
            entry = entry < 0 ? i : entry;
            Statement statement = statement(lines, i);
            message.add(statement);
            i = statement.to();
        }
        addSlots(message, entry, flags, slots);
        return new CatalogDocument(lines, List.copyOf(slots));
    }

    private static Statement statement(TextDocument lines, int from) throws DocumentException {
        Matcher matcher = STATEMENT.matcher(lines.lines().get(from).text());
        if (!matcher.matches()) {
            throw new DocumentException("line " + (from + 1)
                    + " is not gettext: a line is a comment, begins with msgid, msgid_plural, msgctxt or msgstr, or goes"
                    + " on in quotes");
        }
        StringBuilder text = new StringBuilder(unquote(matcher.group(2), from));
        int to = from + 1;
        while (to < lines.lines().size() && lines.lines().get(to).text().startsWith("\"")) {
            text.append(unquote(lines.lines().get(to).text(), to));
            to++;
        }
        return new Statement(matcher.group(1), text.toString(), from, to);
    }

    private static void addSlots(List<Statement> message, int entry, int flags, List<Slot> slots) {
        String id = text(message, "msgid");
        if (id.isEmpty()) {
            return;
        }
        String plural = text(message, "msgid_plural");
        for (Statement one : message) {
            if (one.keyword().startsWith("msgstr") && one.text().isEmpty()) {
                boolean singular = plural.isEmpty() || one.keyword().equals("msgstr[0]");
                slots.add(new Slot(singular ? id : plural, one.keyword(), one.from(), one.to(), entry, flags));
            }
        }
    }

    private static String text(List<Statement> message, String keyword) {
        return message.stream()
                .filter(one -> one.keyword().equals(keyword))
                .map(Statement::text)
                .findFirst()
                .orElse("");
    }

    private static String unquote(String quoted, int line) throws DocumentException {
        Matcher matcher = QUOTED.matcher(quoted);
        if (!matcher.matches()) {
            throw new DocumentException("line " + (line + 1) + " has no text in quotes");
        }
        return ESCAPE.matcher(matcher.group(1))
                .replaceAll(escape -> Matcher.quoteReplacement(
                        switch (escape.group(1)) {
                            case "n" -> "\n";
                            case "t" -> "\t";
                            case "r" -> "\r";
                            case "\"", "\\" -> escape.group(1);
                            default -> escape.group();
                        }));
    }

    @Override
    public int size() {
        return slots.size();
    }

    @Override
    public String text(int index) {
        return slots.get(index).text();
    }

    @Override
    public int line(int index) {
        return slots.get(index).from();
    }

    @Override
    public String noun() {
        return "messages";
    }

    @Override
    public byte[] render(IntFunction<@Nullable String> translations) {
        List<TextDocument.Line> rendered = new ArrayList<>(lines.lines());
        // From the end, so that the places of what comes before stay true.
        for (int i = slots.size() - 1; i >= 0; i--) {
            Slot slot = slots.get(i);
            String translation = translations.apply(i);
            if (translation == null) {
                continue;
            }
            replace(rendered, slot, statement(slot.statement(), translation));
            boolean first = i == 0 || slots.get(i - 1).entry() != slot.entry();
            boolean flagged = first || translations.apply(i - 1) == null;
            if (flagged) {
                flag(rendered, slot);
            }
        }
        return new TextDocument(lines.byteOrderMark(), rendered).render(line -> null);
    }

    private static void replace(List<TextDocument.Line> rendered, Slot slot, List<String> statement) {
        TextDocument.Line old = rendered.get(slot.from());
        String last = rendered.get(slot.to() - 1).terminator();
        List<TextDocument.Line> place = rendered.subList(slot.from(), slot.to());
        place.clear();
        for (int i = 0; i < statement.size(); i++) {
            boolean more = i + 1 < statement.size();
            String terminator = more && old.terminator().isEmpty() ? "\n" : more ? old.terminator() : last;
            place.add(new TextDocument.Line(old.leading(), statement.get(i), "", terminator));
        }
    }

    private static void flag(List<TextDocument.Line> rendered, Slot slot) {
        if (slot.flags() < 0) {
            TextDocument.Line before = rendered.get(slot.entry());
            rendered.add(slot.entry(), new TextDocument.Line("", "#, " + FUZZY, "", before.terminator()));
            return;
        }
        TextDocument.Line line = rendered.get(slot.flags());
        if (!List.of(line.text().substring(2).strip().split("\\s*,\\s*")).contains(FUZZY)) {
            String text = "#, " + FUZZY + ", " + line.text().substring(2).strip();
            rendered.set(slot.flags(), new TextDocument.Line(line.leading(), text, line.trailing(), line.terminator()));
        }
    }

    /** One line, or as many as the text has under an empty one, as gettext writes it. */
    private static List<String> statement(String keyword, String text) {
        List<String> parts = List.of(text.split("(?<=\n)"));
        if (parts.size() == 1) {
            return List.of(keyword + " " + quote(text));
        }
        List<String> statement = new ArrayList<>();
        statement.add(keyword + " \"\"");
        parts.forEach(part -> statement.add(quote(part)));
        return statement;
    }

    private static String quote(String text) {
        return "\""
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t")
                        .replace("\r", "\\r")
                + "\"";
    }
}
