package dev.triptych.text.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What a guard complains about is translated again in other ways, and the best is kept. */
class RetriesTest {

    private static final String SOURCE = "Click the small icon, then open the large menu.";
    private static final String CIRCLES = "Klicken Klicken Klicken Klicken auf das Menü und öffnen.";

    @Test
    void beamsMendARepetition() {
        List<GenerationRequest> requests = new ArrayList<>();
        DamagingGenerator generator = DamagingGenerator.answering(request -> {
            requests.add(request);
            return request.parameters().strategy() instanceof Strategy.Beam
                    ? "Klicken Sie auf das Symbol, dann öffnen Sie das Menü."
                    : CIRCLES;
        });
        Translation translation = generator.translate(SOURCE, TextFormat.TEXT);
        assertThat(translation.text()).isEqualTo("Klicken Sie auf das Symbol, dann öffnen Sie das Menü.");
        assertThat(translation.warnings()).isEmpty();
        assertThat(requests).hasSize(2);
        assertThat(requests.getLast().parameters().rules().noRepeatNgramSize()).isEqualTo(OptionalInt.of(3));
        assertThat(translation.timing().steps()).isEqualTo(2);
    }

    @Test
    void halvesMendWhatBeamsDoNot() {
        DamagingGenerator generator = new DamagingGenerator(prompt -> switch (prompt) {
            case "Click the small icon," -> "Klicken Sie auf das kleine Symbol,";
            case "then open the large menu." -> "dann öffnen Sie das große Menü.";
            default -> CIRCLES;
        });
        Translation translation = generator.translate(SOURCE, TextFormat.TEXT);
        assertThat(translation.text()).isEqualTo("Klicken Sie auf das kleine Symbol, dann öffnen Sie das große Menü.");
        assertThat(translation.warnings()).containsExactly("pieces");
        assertThat(generator.prompts)
                .containsExactly(SOURCE, SOURCE, "Click the small icon,", "then open the large menu.");
    }

    @Test
    void theFirstIsKeptWithAWarningWhereNothingIsBetter() {
        Translation translation = new DamagingGenerator(prompt -> CIRCLES).translate(SOURCE, TextFormat.TEXT);
        assertThat(translation.text()).isEqualTo(CIRCLES);
        assertThat(translation.warnings()).containsExactly("repetition");
    }

    @Test
    void aSentenceThatIsStillEnglishSaysSo() {
        Translation translation = new DamagingGenerator(prompt -> prompt).translate(SOURCE, TextFormat.TEXT);
        assertThat(translation.text()).isEqualTo(SOURCE);
        assertThat(translation.warnings()).containsExactly("copied");
    }

    @Test
    void whatWasHeardIsNotTakenBack() {
        List<String> heard = new ArrayList<>();
        DamagingGenerator generator = new DamagingGenerator(prompt -> CIRCLES);
        Translation translation = generator.translate(SOURCE, TextFormat.TEXT, (index, delta) -> heard.add(delta));
        assertThat(generator.prompts).containsExactly(SOURCE);
        assertThat(String.join("", heard)).isEqualTo(translation.text()).isEqualTo(CIRCLES);
        assertThat(translation.warnings()).containsExactly("repetition");
    }
}
