package dev.triptych.text.translation.protection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Elements placed by what they enclose: the sentence is translated without its tags, each element's words by themselves,
 * and where those words stand in the sentence's translation, once, the tags go around them. The model never sees a tag, so
 * the translation is as good as without. Immutable.
 */
public final class TagAlignment {

    private static final int MOST_ELEMENTS = 3;

    private final Rendering sentence;
    private final List<Element> elements;

    /** @param words what it encloses */
    private record Element(Span open, Span close, String words) {}

    /** Where an element is in the translation. */
    private record Place(Element element, int start, int end) {}

    private TagAlignment(Rendering sentence, List<Element> elements) {
        this.sentence = sentence;
        this.elements = List.copyOf(elements);
    }

    /** Empty where a sentence has no elements, many, some within others or some with more than words in them. */
    public static Optional<TagAlignment> of(MarkedText source) {
        List<Element> elements = new ArrayList<>();
        List<Span> others = new ArrayList<>();
        StringBuilder bare = new StringBuilder();
        int from = 0;
        for (int i = 0; i < source.spans().size(); i++) {
            Span span = source.spans().get(i);
            bare.append(source.text(), from, span.start());
            from = span.end();
            if (span.kind() == Span.Kind.OPEN) {
                if (source.partner(i) != i + 1) {
                    return Optional.empty();
                }
                Span close = source.spans().get(i + 1);
                String words = source.text().substring(span.end(), close.start());
                if (words.codePoints().noneMatch(Character::isLetter) || !words.equals(words.strip())) {
                    return Optional.empty();
                }
                elements.add(new Element(span, close, words));
            } else if (span.kind() != Span.Kind.CLOSE) {
                int removed = span.start() - bare.length();
                others.add(span.shifted(removed));
                bare.append(source.text(), span.start(), span.end());
            } else if (source.partner(i) != i - 1) {
                return Optional.empty();
            }
        }
        bare.append(source.text(), from, source.text().length());
        if (elements.isEmpty() || elements.size() > MOST_ELEMENTS) {
            return Optional.empty();
        }
        MarkedText without = new MarkedText(bare.toString(), others);
        return Optional.of(new TagAlignment(Rendering.of(without, MaskStyle.IN_PLACE), elements));
    }

    /** What the model is to read: the sentence, then each element's words. */
    public List<String> prompts() {
        List<String> prompts = new ArrayList<>();
        prompts.add(sentence.prompt());
        elements.forEach(element -> prompts.add(element.words()));
        return prompts;
    }

    /**
     * The translation with its tags.
     *
     * @param outputs one for each prompt
     * @return empty if some words are not in the sentence's translation, or more than once
     */
    public Optional<String> join(List<String> outputs) {
        return sentence.restore(outputs.getFirst().strip()).flatMap(text -> placed(text, outputs));
    }

    private Optional<String> placed(String text, List<String> outputs) {
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            String words = outputs.get(i + 1).strip();
            if (words.endsWith(".") && !elements.get(i).words().endsWith(".")) {
                words = words.substring(0, words.length() - 1);
            }
            int start = only(words, text);
            if (start < 0) {
                return Optional.empty();
            }
            places.add(new Place(elements.get(i), start, start + words.length()));
        }
        places.sort(Comparator.comparingInt(Place::start));
        StringBuilder tagged = new StringBuilder();
        int from = 0;
        for (Place place : places) {
            if (place.start() < from) {
                return Optional.empty();
            }
            tagged.append(text, from, place.start())
                    .append(place.element().open().replacement())
                    .append(text, place.start(), place.end())
                    .append(place.element().close().replacement());
            from = place.end();
        }
        return Optional.of(tagged.append(text, from, text.length()).toString());
    }

    /** Where whole words stand in a text, whatever their case; -1 if they do not or more than once. */
    private static int only(String words, String text) {
        if (words.isEmpty()) {
            return -1;
        }
        int found = -1;
        for (int start = 0; start + words.length() <= text.length(); start++) {
            boolean matches = text.regionMatches(true, start, words, 0, words.length())
                    && isBoundary(text, start)
                    && isBoundary(text, start + words.length());
            if (matches && found >= 0) {
                return -1;
            }
            found = matches ? start : found;
        }
        return found;
    }

    static boolean isBoundary(String text, int index) {
        return index == 0
                || index == text.length()
                || !Character.isLetterOrDigit(text.codePointBefore(index))
                || !Character.isLetterOrDigit(text.codePointAt(index));
    }
}
