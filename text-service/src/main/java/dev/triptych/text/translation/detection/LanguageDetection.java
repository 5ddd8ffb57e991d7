package dev.triptych.text.translation.detection;

import com.optimaize.langdetect.LanguageDetector;
import com.optimaize.langdetect.LanguageDetectorBuilder;
import com.optimaize.langdetect.i18n.LdLocale;
import com.optimaize.langdetect.ngram.NgramExtractors;
import com.optimaize.langdetect.profiles.LanguageProfileReader;
import com.optimaize.langdetect.text.CommonTextObjectFactories;
import com.optimaize.langdetect.text.TextObjectFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;

/**
 * Tells languages by the frequencies of their letter groups (Cavnar and Trenkle 1994, with the naive Bayes of Shuyo's
 * language-detection and its 71 profiles). The same text always gives the same answer. Unsure below some twenty characters.
 */
public final class LanguageDetection {

    /** More of a text says no more about its language. */
    private static final int MOST_CHARS = 2_000;

    /** Up to so many characters the few letter groups there are weigh the same as they do in the whole language. */
    private static final int SHORT_TEXT = 60;

    private static final double LEAST_PROBABILITY = 0.01;

    private final LanguageDetector detector;
    private final TextObjectFactory texts = CommonTextObjectFactories.forDetectingShortCleanText();

    private LanguageDetection(LanguageDetector detector) {
        this.detector = detector;
    }

    /** Reads the profiles. */
    public static LanguageDetection load() {
        try {
            return new LanguageDetection(LanguageDetectorBuilder.create(NgramExtractors.standard())
                    .withProfiles(new LanguageProfileReader().readAllBuiltIn())
                    .shortTextAlgorithm(SHORT_TEXT)
                    .minimalConfidence(LEAST_PROBABILITY)
                    .seed(0)
                    .build());
        } catch (IOException e) {
            throw new UncheckedIOException("the profiles of languages are in the library's own jar", e);
        }
    }

    /** The languages that a text may be in, likeliest first; empty where it has no letters. */
    public List<LanguageGuess> guesses(String text) {
        String start = text.substring(0, Math.min(text.length(), MOST_CHARS));
        return detector.getProbabilities(texts.forText(start)).stream()
                .map(found -> new LanguageGuess(code(found.getLocale()), found.getProbability()))
                .sorted(Comparator.comparingDouble(LanguageGuess::probability)
                        .reversed()
                        .thenComparing(LanguageGuess::language))
                .toList();
    }

    /** Of some languages the one that a text is likeliest in; the first, with no probability, where it is in none. */
    public LanguageGuess among(List<String> languages, String text) {
        return guesses(text).stream()
                .filter(guess -> languages.contains(guess.language()))
                .findFirst()
                .orElseGet(() -> new LanguageGuess(languages.getFirst(), 0));
    }

    private static String code(LdLocale locale) {
        String language = locale.getLanguage();
        return locale.getRegion().or("").isEmpty()
                ? language
                : language + "-" + locale.getRegion().get();
    }
}
