package dev.triptych.text.translation;

import dev.triptych.testkit.ManualClock;
import dev.triptych.text.fake.ScriptedModels;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.runtime.EventSink;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.Submission;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TokenStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A model that writes what a function makes of what it reads. A token is a UTF-16 unit. */
final class DamagingGenerator implements TextGenerator {

    final List<String> prompts = new ArrayList<>();

    private final Function<GenerationRequest, String> model;
    private final Queue<Runnable> answers = new ArrayDeque<>();

    DamagingGenerator(UnaryOperator<String> model) {
        this.model = request -> model.apply(text(request.promptIds()));
    }

    private DamagingGenerator(Function<GenerationRequest, String> model) {
        this.model = model;
    }

    /** A model that looks at more than what it reads. */
    static DamagingGenerator answering(Function<GenerationRequest, String> model) {
        return new DamagingGenerator(model);
    }

    /** The translation that a translator makes of a text with this model. */
    Translation translate(String text, TextFormat format) {
        return translate(text, format, TextListener.NONE);
    }

    Translation translate(String text, TextFormat format, TextListener listener) {
        return translate(text, TranslationRequest.Treatment.of(format), listener);
    }

    Translation translate(String text, TranslationRequest.Treatment treatment, TextListener listener) {
        ScriptedModels models = new ScriptedModels();
        models.addUnready(description());
        models.replace(this);
        Translator translator = new Translator(
                new TranslationModels(models),
                new Translator.Surroundings(
                        () -> Runnable::run,
                        (delay, task) -> {},
                        new ManualClock(),
                        new Translator.Limits(4, 4, 1000)));
        TranslationRequest.Options options = new TranslationRequest.Options(
                new Strategy.Greedy(), OptionalInt.empty(), Priority.INTERACTIVE, Optional.empty());
        TranslationRequest request = new TranslationRequest(
                "r", Optional.empty(), new LanguagePair("en", "de"), List.of(text), options.with(treatment));
        TranslationCall call = translator.translate(request, listener);
        run();
        return call.result().join().getFirst();
    }

    /** Drops, doubles, swaps, cuts and invents what is not a word. */
    static UnaryOperator<String> damaging(Random random) {
        return prompt -> {
            List<String> words = new ArrayList<>(List.of(prompt.split("(?<= )")));
            int harms = random.nextInt(3);
            for (int i = 0; i < harms; i++) {
                int at = random.nextInt(words.size());
                switch (random.nextInt(7)) {
                    case 0 -> words.set(at, "");
                    case 1 -> words.add(at, words.get(random.nextInt(words.size())));
                    case 2 -> words.add(words.remove(at));
                    case 3 -> words.set(at, words.get(at).replaceAll("[%{}$<>/-]", ""));
                    case 4 -> words.set(at, words.get(at).toUpperCase(Locale.ROOT));
                    case 5 ->
                        words.add(at, List.of("%s ", "{0} ", "%1$s ", "{2}").get(random.nextInt(4)));
                    default -> words.set(at, words.get(at).replace(" ", ""));
                }
            }
            return String.join("", words);
        };
    }

    /** Answers everything, and what is asked because of the answers. */
    void run() {
        for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
            answer.run();
        }
    }

    @Override
    public ModelDescription description() {
        return ScriptedModels.translator("damaging", "en", "de", ModelDescription.Status.READY);
    }

    @Override
    public GenerationLimits limits() {
        return new GenerationLimits(70_000, 400, 1000);
    }

    @Override
    public List<Integer> encode(String text) {
        return text.chars().boxed().toList();
    }

    @Override
    public String decode(List<Integer> tokenIds) {
        return text(tokenIds);
    }

    private static String text(List<Integer> tokenIds) {
        StringBuilder text = new StringBuilder();
        tokenIds.forEach(id -> text.append((char) id.intValue()));
        return text.toString();
    }

    @Override
    public TokenStream tokenStream() {
        return new TokenStream() {
            @Override
            public String add(int tokenId) {
                return Character.toString((char) tokenId);
            }

            @Override
            public String end() {
                return "";
            }
        };
    }

    @Override
    public Submission submit(GenerationRequest request, EventSink sink) {
        String prompt = decode(request.promptIds());
        prompts.add(prompt);
        List<Integer> output = encode(model.apply(request));
        answers.add(() -> {
            output.forEach(id -> sink.offer(new GenerationEvent.TokenGenerated(id, -0.1)));
            sink.offer(new GenerationEvent.Finished(new GenerationEvent.GenerationResult(
                    FinishReason.STOP, output, -1, new GenerationEvent.GenerationTiming(1, 1, 1, 1), "")));
        });
        return new Submission.Accepted();
    }

    @Override
    public void cancel(String requestId) {
        // Everything is answered at once.
    }
}
