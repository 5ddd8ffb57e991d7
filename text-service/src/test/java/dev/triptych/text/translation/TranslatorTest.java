package dev.triptych.text.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.testkit.ManualClock;
import dev.triptych.text.fake.ScriptedGenerator;
import dev.triptych.text.fake.ScriptedModels;
import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TranslatorTest {

    private static final LanguagePair EN_DE = new LanguagePair("en", "de");

    private final ScriptedModels models = new ScriptedModels();
    private final ScriptedGenerator generator = models.add("en-de", "en", "de");
    private final ManualClock clock = new ManualClock();
    private final List<Runnable> delayed = new ArrayList<>();
    private final List<Duration> delays = new ArrayList<>();
    private final Translator translator = translator(4, 1000);

    @Test
    void sentencesAreStitchedInOrderWithWhatStoodBetweenThem() {
        TranslationCall call = start(" One two.  Three four!\n\n* 12 *\nfive\n");
        finish();
        Translation translation = call.result().join().getFirst();
        assertThat(translation.text()).isEqualTo(" ONE TWO.  THREE FOUR!\n\n* 12 *\nFIVE\n");
        assertThat(generator.submitted).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyTextKeepsItsWhiteSpaceAndOrderInAnyWindow(int seed) {
        Random random = new Random(seed);
        String text = RandomText.words(random);
        models.remove("en-de");
        ScriptedGenerator small = models.add(
                ScriptedModels.translator("small", "en", "de", ModelDescription.Status.READY),
                new GenerationLimits(260, 4 + random.nextInt(20), 300));
        Translator any = translator(1 + random.nextInt(5), 10 + random.nextInt(20));
        List<String> heard = new ArrayList<>();
        TranslationCall call = any.translate(request(text), (index, delta) -> heard.add(delta));
        while (small.step()) {
            assertThat(small.running()).isLessThanOrEqualTo(5);
        }
        String expected = text.toUpperCase(Locale.ROOT);
        assertThat(call.result().join().getFirst().text()).as("seed " + seed).isEqualTo(expected);
        assertThat(String.join("", heard)).as("seed " + seed).isEqualTo(expected);
    }

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    @Test
    void anEmptyOrLetterlessTextNeedsNoModelRun() {
        assertThat(start("\n 42 \n").result().join().getFirst().text()).isEqualTo("\n 42 \n");
        assertThat(generator.submitted).isEmpty();
    }

    @Test
    void theFirstUnfinishedSentenceStreamsAndLaterOnesAreHeldBack() {
        List<String> heard = new ArrayList<>();
        translator.translate(request("Abcdef. Xy."), (index, delta) -> heard.add(delta));
        generator.step();
        generator.step();
        assertThat(heard).containsExactly("A", "B");
        for (int i = 0; i < 3; i++) {
            generator.step();
        }
        assertThat(String.join("", heard)).isEqualTo("ABCDE");
        finish();
        assertThat(String.join("", heard)).isEqualTo("ABCDEF. XY.");
    }

    @Test
    void aCharacterIsNeverHeardInHalves() {
        List<String> heard = new ArrayList<>();
        translator.translate(request("aé\uD83D\uDE00"), (index, delta) -> heard.add(delta));
        finish();
        assertThat(heard).containsExactly("A", "É", "\uD83D\uDE00");
    }

    @Test
    void severalTextsShareOneWindowAndKeepTheirOrder() {
        TranslationCall call = translator.translate(
                requestOf(List.of("A b. C d. E f.", "1", "G h. I j."), options(Optional.empty())), TextListener.NONE);
        finish();
        assertThat(call.result().join())
                .extracting(Translation::text)
                .containsExactly("A B. C D. E F.", "1", "G H. I J.");
        assertThat(generator.mostRows()).isEqualTo(4);
    }

    @Test
    void usageAndTimingAreSummedOverSentences() {
        TranslationCall call = start("Ab. Cd.");
        finish();
        Translation translation = call.result().join().getFirst();
        assertThat(translation.promptTokens()).isEqualTo(8);
        assertThat(translation.tokenIds()).hasSize(8);
        assertThat(translation.score()).isEqualTo(-4.0);
        assertThat(translation.timing()).isEqualTo(new Translation.Timing(2_000_000, 4_000_000, 6_000_000, 8, 0, 0));
        assertThat(translation.warnings()).isEmpty();
    }

    @Test
    void aSentenceThatReachesItsBoundIsReportedAsTruncated() {
        TranslationRequest request = requestOf(
                List.of("Abcdef. X."),
                new TranslationRequest.Options(
                        new Strategy.Greedy(), OptionalInt.of(4), Priority.INTERACTIVE, Optional.empty()));
        TranslationCall call = translator.translate(request, TextListener.NONE);
        finish();
        Translation translation = call.result().join().getFirst();
        assertThat(translation.text()).isEqualTo("ABCD X.");
        assertThat(translation.warnings()).containsExactly("truncated");
    }

    @Test
    void maxNewTokensOverTheModelsBoundIsRefused() {
        TranslationRequest request = requestOf(
                List.of("a"),
                new TranslationRequest.Options(
                        new Strategy.Greedy(), OptionalInt.of(301), Priority.INTERACTIVE, Optional.empty()));
        assertRejected(request, ErrorCode.INVALID_FIELD, "from 1 to 300, got 301");
    }

    @Test
    void cancelReachesEverySentenceInFlight() {
        TranslationCall call = start("A b. C d. E f. G h. I j. K l.");
        generator.step();
        call.cancel();
        assertThat(generator.cancelled).hasSize(4);
        finish();
        assertThat(generator.submitted).hasSize(4);
        assertFails(call, ErrorCode.CANCELLED);
    }

    @Test
    void aListenerThatCannotKeepUpCancels() {
        TranslationCall call = translator.translate(request("Abcdef. Ghij."), (index, delta) -> false);
        generator.step();
        assertFails(call, ErrorCode.CANCELLED);
        finish();
        assertThat(generator.cancelled).hasSize(2);
    }

    @Test
    void oneFailedSentenceFailsTheTextAndCancelsTheOthers() {
        TranslationCall call = start("Fine one. This " + ScriptedGenerator.FAILS + " now. Another long sentence here.");
        generator.step();
        assertFails(call, ErrorCode.INTERNAL);
        assertThat(generator.cancelled).hasSize(2);
    }

    @Test
    void anInteractiveRequestIsRefusedAtOnceWhenTheEngineIsFull() {
        generator.capacity(0);
        TranslationCall call = start("A b.");
        assertFails(call, ErrorCode.OVERLOADED);
        assertThat(delayed).isEmpty();
    }

    @Test
    void anInteractiveRequestThatHasBegunWaitsForRoom() {
        generator.capacity(1);
        TranslationCall call = start("A b. C d.");
        finish();
        assertThat(call.result()).isNotCompletedExceptionally();
        runDelayed();
        finish();
        assertThat(call.result().join().getFirst().text()).isEqualTo("A B. C D.");
    }

    @ParameterizedTest
    @EnumSource(names = {"INTERACTIVE", "BATCH"})
    void anUnavailableEngineIsTriedAgainOnlyForBatches(Priority priority) {
        generator.available(false);
        TranslationCall call = translator.translate(
                requestOf(
                        List.of("A b."),
                        new TranslationRequest.Options(
                                new Strategy.Greedy(), OptionalInt.empty(), priority, Optional.empty())),
                TextListener.NONE);
        if (priority == Priority.INTERACTIVE) {
            assertFails(call, ErrorCode.UNAVAILABLE);
            return;
        }
        runDelayed();
        runDelayed();
        generator.available(true);
        runDelayed();
        finish();
        assertThat(call.result().join().getFirst().text()).isEqualTo("A B.");
        assertThat(delays).containsExactly(Duration.ofMillis(20), Duration.ofMillis(40), Duration.ofMillis(80));
    }

    @Test
    void nothingIsSubmittedPastTheDeadline() {
        Instant deadline = clock.instant().plusSeconds(1);
        TranslationCall call = translator.translate(
                requestOf(List.of("A. B. C. D. E. F."), options(Optional.of(deadline))), TextListener.NONE);
        assertThat(generator.submitted).extracting(GenerationRequest::deadline).containsOnly(Optional.of(deadline));
        int before = generator.submitted.size();
        clock.advance(Duration.ofSeconds(1));
        finish();
        assertFails(call, ErrorCode.DEADLINE_EXCEEDED);
        assertThat(generator.submitted).hasSize(before);
    }

    @Test
    void anUnsupportedPairNamesThePairsThereAre() {
        models.add("fr-de", "fr", "de");
        assertRejected(requestFor("en", "fr"), ErrorCode.UNSUPPORTED_LANGUAGE, "there is en to de, fr to de");
    }

    @Test
    void whatTheEngineHasNoRoomForIsNotEvenTokenized() {
        generator.capacity(0);
        TranslationCall refused = translator.translate(requestFor("en", "de"), TextListener.NONE);
        assertFails(refused, ErrorCode.OVERLOADED);
        assertThat(generator.encoded).hasValue(0);
    }

    @Test
    void aRequestArrivesUntilItsFirstSentenceIsSubmitted() {
        TranslationCall call = translator.translate(requestFor("en", "de"), TextListener.NONE);
        assertThat(generator.submitted).isNotEmpty();
        assertThat(generator.arrived).hasValue(0);
        call.cancel();
        assertThat(generator.arrived).hasValue(0);
    }

    @Test
    void aPairWhoseModelIsLoadingIsTriedLater() {
        models.addUnready(ScriptedModels.translator("en-fr", "en", "fr", ModelDescription.Status.LOADING));
        assertThatThrownBy(() -> translator.translate(requestFor("en", "fr"), TextListener.NONE))
                .isInstanceOfSatisfying(
                        TriptychException.Overloaded.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void aNamedModelMustExistBeReadyAndServeThePair() {
        models.add("de-en", "de", "en");
        models.add(ScriptedModels.completer("writer"), ScriptedModels.LIMITS);
        models.addUnready(ScriptedModels.translator("broken", "en", "de", ModelDescription.Status.FAILED));
        assertRejected(requestNaming("nothing"), ErrorCode.MODEL_NOT_FOUND, "no model \"nothing\"");
        assertRejected(requestNaming("de-en"), ErrorCode.UNSUPPORTED_LANGUAGE, "translates de to en, not en to de");
        assertRejected(requestNaming("writer"), ErrorCode.INVALID_FIELD, "does text-generation");
        assertRejected(requestNaming("broken"), ErrorCode.MODEL_NOT_FOUND, "causality: logits differ by 0.3");
    }

    private Translator translator(int sentencesInFlight, int maxSentenceChars) {
        return new Translator(
                new TranslationModels(models),
                new Translator.Surroundings(
                        () -> Runnable::run,
                        (delay, task) -> {
                            delays.add(delay);
                            delayed.add(task);
                        },
                        clock,
                        new Translator.Limits(sentencesInFlight, sentencesInFlight, maxSentenceChars)));
    }

    private TranslationCall start(String text) {
        return translator.translate(request(text), TextListener.NONE);
    }

    private static TranslationRequest request(String text) {
        return requestOf(List.of(text), options(Optional.empty()));
    }

    private static TranslationRequest requestOf(List<String> texts, TranslationRequest.Options options) {
        return new TranslationRequest("r", Optional.empty(), EN_DE, texts, options);
    }

    private static TranslationRequest requestFor(String source, String target) {
        return new TranslationRequest(
                "r", Optional.empty(), new LanguagePair(source, target), List.of("a"), options(Optional.empty()));
    }

    private static TranslationRequest requestNaming(String model) {
        return new TranslationRequest("r", Optional.of(model), EN_DE, List.of("a"), options(Optional.empty()));
    }

    private static TranslationRequest.Options options(Optional<Instant> deadline) {
        return new TranslationRequest.Options(
                new Strategy.Greedy(), OptionalInt.empty(), Priority.INTERACTIVE, deadline);
    }

    private void finish() {
        while (generator.step()) {
            // Each step moves every row by a token.
        }
    }

    private void runDelayed() {
        List<Runnable> due = List.copyOf(delayed);
        delayed.clear();
        due.forEach(Runnable::run);
    }

    private void assertRejected(TranslationRequest request, ErrorCode code, String message) {
        assertThatThrownBy(() -> translator.translate(request, TextListener.NONE))
                .isInstanceOfSatisfying(
                        TriptychException.Rejected.class,
                        e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private static void assertFails(TranslationCall call, ErrorCode code) {
        assertThatThrownBy(() -> call.result().join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        TriptychException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
