package dev.triptych.local.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * The broker's own JVM: formats the data folder on its first start, serves until SIGTERM, then closes its logs in
 * order. Data survives a restart, a killed process included.
 *
 * <p>Arguments: {@code PORT CONTROLLER_PORT DATA_FOLDER}. Exit code 1 and a message on stderr when it cannot start.
 */
public final class BrokerProcess {

    private BrokerProcess() {}

    @SuppressWarnings("SystemOut") // stdout is the process's log
    public static void main(String[] arguments) {
        if (arguments.length != 3) {
            System.err.println("usage: BrokerProcess PORT CONTROLLER_PORT DATA_FOLDER");
            System.exit(2);
        }
        BrokerConfiguration configuration = new BrokerConfiguration(
                Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), Path.of(arguments[2]));
        try {
            serve(configuration);
        } catch (Exception e) {
            System.err.println("the broker cannot start: " + e);
            e.printStackTrace(System.err);
            // Halt: a broker that is half up has threads that do not end by themselves.
            Exit.halt(1);
        }
    }

    @SuppressWarnings("SystemOut")
    private static void serve(BrokerConfiguration configuration) throws Exception {
        format(configuration);
        KafkaRaftServer server =
                new KafkaRaftServer(KafkaConfig.fromProps(configuration.properties(), false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
        server.startup();
        System.out.println("broker ready on port " + configuration.port() + ", data in " + configuration.data());
        server.awaitShutdown();
    }

    private static void format(BrokerConfiguration configuration) throws Exception {
        Files.createDirectories(configuration.data());
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(BrokerConfiguration.NODE_ID)
                .setClusterId(clusterId(configuration.data()))
                .setControllerListenerName(BrokerConfiguration.CONTROLLER_LISTENER)
                .setMetadataLogDirectory(configuration.data().toString())
                .addDirectory(configuration.data().toString())
                .setIgnoreFormatted(true)
                .run();
    }

    /** The formatter wants an id even where it finds the folder formatted: the one written there, else a new one. */
    private static String clusterId(Path data) throws IOException {
        Path properties = data.resolve("meta.properties");
        if (Files.exists(properties)) {
            for (String line : Files.readAllLines(properties)) {
                if (line.startsWith("cluster.id=")) {
                    return line.substring("cluster.id=".length()).strip();
                }
            }
        }
        return Uuid.randomUuid().toString();
    }
}
