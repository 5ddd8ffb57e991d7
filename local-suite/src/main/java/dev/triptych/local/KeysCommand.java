package dev.triptych.local;

import dev.triptych.local.keys.KeyClient;
import dev.triptych.local.keys.KeyException;
import dev.triptych.local.keys.OwnKey;
import dev.triptych.wire.WireJson;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "keys",
        description = {
            "Makes, lists and revokes the gateway's API keys.",
            "The first key closes the gateway. An admin's key is taken from TRIPTYCH_API_KEY, otherwise from var/admin-key."
        },
        subcommands = {KeysCommand.Create.class, KeysCommand.Listing.class, KeysCommand.Revoke.class},
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class KeysCommand {

    /** What each of them does with the gateway. */
    abstract static class Call implements Callable<Integer> {

        @Override
        @SuppressWarnings("SystemOut") // a command's output
        public final Integer call() throws InterruptedException {
            OwnKey own = new OwnKey(LocalSuite.folders().adminKey());
            URI gateway = URI.create("http://127.0.0.1:" + LocalSuite.settings().gatewayPort());
            try (KeyClient client = new KeyClient(gateway, own, System.getenv("TRIPTYCH_API_KEY"))) {
                call(client, own);
                return 0;
            } catch (KeyException e) {
                System.err.println("triptych: " + e.getMessage());
                return 1;
            }
        }

        abstract void call(KeyClient client, OwnKey own) throws KeyException, InterruptedException;
    }

    @Command(
            name = "create",
            description = "Makes a key and prints it; it is shown this once.",
            mixinStandardHelpOptions = true)
    static final class Create extends Call {

        @Option(names = "--name", required = true, description = "Says whose it is, or what for.")
        String name = "";

        @Option(names = "--scopes", required = true, split = ",", description = "Of text, vision, batch and admin.")
        List<String> scopes = new ArrayList<>();

        @Option(names = "--requests-per-minute", paramLabel = "N", description = "Default: the gateway's.")
        @Nullable
        Long requestsPerMinute;

        @Option(names = "--tokens-per-minute", paramLabel = "N", description = "Of prompts and answers.")
        @Nullable
        Long tokensPerMinute;

        @Option(names = "--images-per-minute", paramLabel = "N", description = "Pictures.")
        @Nullable
        Long imagesPerMinute;

        @Option(names = "--concurrent-jobs", paramLabel = "N", description = "Batches that have not ended.")
        @Nullable
        Long concurrentJobs;

        @Override
        @SuppressWarnings("SystemOut")
        void call(KeyClient client, OwnKey own) throws KeyException, InterruptedException {
            if (client.closeIfOpen()) {
                System.err.println("The gateway asks for keys from now on. This checkout's own is in " + own.file());
            }
            ObjectNode wanted = WireJson.mapper().createObjectNode().put("name", name);
            ArrayNode list = wanted.putArray("scopes");
            scopes.forEach(scope -> list.add(scope.strip()));
            wanted.put("requests_per_minute", requestsPerMinute)
                    .put("tokens_per_minute", tokensPerMinute)
                    .put("images_per_minute", imagesPerMinute)
                    .put("concurrent_jobs", concurrentJobs);
            JsonNode key = client.create(wanted);
            System.err.println(key.path("id").asString() + " (" + name + "): shown this once, so keep it.");
            System.out.println(key.path("key").asString());
        }
    }

    @Command(name = "list", description = "Shows all keys without their secrets.", mixinStandardHelpOptions = true)
    static final class Listing extends Call {

        private static final String ROW = "%-38s %-20s %-25s %-12s%s%n";
        private static final int DATE_CHARS = 10;

        @Override
        @SuppressWarnings("SystemOut")
        void call(KeyClient client, OwnKey own) throws KeyException, InterruptedException {
            System.out.printf(ROW, "ID", "NAME", "SCOPES", "CREATED", "");
            for (JsonNode key : client.list()) {
                System.out.printf(
                        ROW,
                        key.path("id").asString(),
                        key.path("name").asString(),
                        key.path("scopes").valueStream().map(JsonNode::asString).collect(Collectors.joining(",")),
                        day(key.path("created_at")),
                        key.path("revoked_at").isNumber() ? "revoked " + day(key.path("revoked_at")) : "");
            }
        }

        private static String day(JsonNode seconds) {
            return Instant.ofEpochSecond(seconds.asLong()).toString().substring(0, DATE_CHARS);
        }
    }

    @Command(
            name = "revoke",
            description = "Makes a key good for nothing, at once and for ever.",
            mixinStandardHelpOptions = true)
    static final class Revoke extends Call {

        @Parameters(paramLabel = "ID", description = "As keys list shows it.")
        String id = "";

        @Override
        @SuppressWarnings("SystemOut")
        void call(KeyClient client, OwnKey own) throws KeyException, InterruptedException {
            JsonNode key = client.revoke(id);
            System.out.println("revoked " + key.path("id").asString() + " ("
                    + key.path("name").asString() + ")");
        }
    }
}
