package dev.triptych.local;

import dev.triptych.local.letters.DeadLetter;
import dev.triptych.local.letters.DeadLetters;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "dead-letters",
        description = "Shows the items of jobs that failed for good, and sends them again.",
        subcommands = {DeadLettersCommand.ListCommand.class, DeadLettersCommand.ReplayCommand.class},
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class DeadLettersCommand {

    private static final int LONGEST_MESSAGE = 120;

    private DeadLettersCommand() {}

    /** Which letters are meant. */
    static final class Selection {

        @Option(
                names = "--reason",
                paramLabel = "CODE",
                description = "Only those with this error code; may be repeated.")
        List<String> reasons = new ArrayList<>();

        @Option(names = "--id", paramLabel = "ID", description = "Only those with this item id; may be repeated.")
        List<String> ids = new ArrayList<>();

        boolean contains(DeadLetter letter) {
            Set<String> wantedReasons = new HashSet<>(reasons);
            Set<String> wantedIds = new HashSet<>(ids);
            return (wantedReasons.isEmpty() || wantedReasons.contains(letter.reason()))
                    && (wantedIds.isEmpty() || wantedIds.contains(letter.id()));
        }
    }

    @Command(
            name = "list",
            description = "Shows dead letters: time, error code, item id, topic and message.",
            mixinStandardHelpOptions = true)
    static final class ListCommand implements Callable<Integer> {

        @Mixin
        Selection selection = new Selection();

        @Option(names = "--all", description = "Also those that were sent again.")
        boolean all;

        @Override
        @SuppressWarnings("SystemOut") // a command's output
        public Integer call() {
            return withBroker(letters -> {
                int[] count = {0};
                letters.each(letter -> {
                    if (selection.contains(letter) && (all || !letter.replayed())) {
                        count[0]++;
                        System.out.println(line(letter));
                    }
                });
                System.out.println(count[0] + (count[0] == 1 ? " dead letter" : " dead letters"));
            });
        }

        private static String line(DeadLetter letter) {
            String message = letter.message();
            return letter.time() + "  " + letter.reason() + "  " + letter.id() + "  " + letter.topic() + "  "
                    + (letter.replayed() ? "(sent again) " : "")
                    + (message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "…");
        }
    }

    @Command(
            name = "replay",
            description = {
                "Sends dead letters again to the topic that they came from, as they came.",
                "Each is sent once, however often this is run."
            },
            mixinStandardHelpOptions = true)
    static final class ReplayCommand implements Callable<Integer> {

        @Mixin
        Selection selection = new Selection();

        @Override
        @SuppressWarnings("SystemOut") // a command's output
        public Integer call() {
            return withBroker(letters -> System.out.println(letters.replay(selection::contains) + " sent again"));
        }
    }

    @FunctionalInterface
    private interface Work {
        void on(DeadLetters letters);
    }

    @SuppressWarnings("SystemOut") // a command's output
    private static int withBroker(Work work) {
        String servers = LocalSuite.settings().bootstrapServers();
        try {
            work.on(new DeadLetters(servers));
            return 0;
        } catch (KafkaException e) {
            System.err.println("triptych: the dead letters at " + servers + " could not be used: " + e.getMessage());
            return 1;
        }
    }
}
