package dev.triptych.local.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.document.Document;
import dev.triptych.document.DocumentException;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.TranslationItem;
import io.cloudevents.CloudEvent;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class TranslationJobTest {

    private static final TranslationSettings SETTINGS = new TranslationSettings("en", "de", null, null);
    private static final OffsetDateTime NOW = OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    @Test
    void theIdFollowsFromContentAndSettings() throws DocumentException {
        String id = job("one\ntwo\n", SETTINGS).id();

        assertThat(id).matches("[0-9a-f]{32}");
        assertThat(job("one\ntwo\n", SETTINGS).id()).isEqualTo(id);
        assertThat(job("one\ntwo", SETTINGS).id()).isNotEqualTo(id);
        assertThat(job("one\ntwo\n", new TranslationSettings("en", "fr", null, null))
                        .id())
                .isNotEqualTo(id);
        assertThat(job("one\ntwo\n", new TranslationSettings("en", "de", "beam", null))
                        .id())
                .isNotEqualTo(id);
    }

    @Test
    void settingsDoNotRunIntoEachOther() throws DocumentException {
        assertThat(job("x", new TranslationSettings("en", "de", "beam", null)).id())
                .isNotEqualTo(job("x", new TranslationSettings("en", "de", null, "beam"))
                        .id());
        assertThat(job("x", new TranslationSettings("en", "de", "", null)).id())
                .isNotEqualTo(job("x", SETTINGS).id());
    }

    @Test
    void blankLinesAreNotSent() throws DocumentException {
        TranslationJob job = job("one\n\n  \nfour", SETTINGS);

        assertThat(job.items()).containsExactly(0, 3);
        assertThat(job.tooLong()).isEmpty();
    }

    @Test
    void aLineOverTheSchemasBoundIsNotSent() throws DocumentException {
        String longest = "\uD83D\uDE00".repeat(TranslationJob.LONGEST_TEXT);

        TranslationJob job = job(longest + "\n" + longest + "x\n", SETTINGS);

        assertThat(job.items()).containsExactly(0);
        assertThat(job.tooLong()).containsExactly(1);
    }

    @Test
    void aRequestIsAnItemOfThePublishedSchema() throws DocumentException {
        TranslationJob job = job("\n  two \n", new TranslationSettings("en", "de", "beam", "m"));

        CloudEvent request = job.request(1, NOW);

        assertThat(request.getId()).isEqualTo(job.id() + "-1");
        assertThat(request.getSource()).hasToString("/triptych/cli");
        assertThat(request.getType()).isEqualTo(EventTypes.TRANSLATE);
        assertThat(ItemEvents.payload(request, TranslationItem.class))
                .isEqualTo(new TranslationItem("m", "en", "de", "two", "beam", null));
    }

    @Test
    void onlyOwnEventIdsNameALine() throws DocumentException {
        TranslationJob job = job("one\ntwo\n", SETTINGS);

        assertThat(job.lineOf(job.id() + "-1")).hasValue(1);
        assertThat(job.lineOf(job.id() + "-2")).isEmpty();
        assertThat(job.lineOf(job.id() + "--1")).isEmpty();
        assertThat(job.lineOf(job.id() + "-x")).isEmpty();
        assertThat(job.lineOf(job.id())).isEmpty();
        assertThat(job.lineOf("0".repeat(32) + "-1")).isEmpty();
        assertThat(job.lineOf("")).isEmpty();
    }

    private static TranslationJob job(String content, TranslationSettings settings) throws DocumentException {
        return TranslationJob.of(content.getBytes(StandardCharsets.UTF_8), Document.Format.TXT, settings);
    }
}
