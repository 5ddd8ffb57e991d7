package dev.triptych.local.broker;

import java.nio.file.Path;
import java.util.Properties;

/**
 * The server properties of a single node that keeps its data in one folder and listens on the loopback address only.
 *
 * @param port for clients
 * @param controllerPort for the node's own controller
 * @param data the log folder
 */
record BrokerConfiguration(int port, int controllerPort, Path data) {

    static final int NODE_ID = 1;
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private static final String HOST = "127.0.0.1";

    Properties properties() {
        Properties properties = new Properties();
        listeners(properties);
        storage(properties);
        singleNode(properties);
        return properties;
    }

    private void listeners(Properties properties) {
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(NODE_ID));
        properties.put("listeners", "CLIENTS://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
        properties.put("advertised.listeners", "CLIENTS://" + HOST + ":" + port);
        properties.put("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("inter.broker.listener.name", "CLIENTS");
        properties.put("controller.listener.names", CONTROLLER_LISTENER);
        // Static voters: the address is a setting, so another port works on data that exists.
        properties.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
    }

    private void storage(Properties properties) {
        properties.put("log.dirs", data.toAbsolutePath().toString());
        properties.put("auto.create.topics.enable", "false");
        properties.put("log.segment.bytes", Integer.toString(64 << 20));
        // The state of an interrupted translation must not expire before its results (seven days) do.
        properties.put("offsets.retention.minutes", Integer.toString(14 * 24 * 60));
    }

    private static void singleNode(Properties properties) {
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "4");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        // A killed broker may register again only when its old session has run out.
        properties.put("broker.heartbeat.interval.ms", "1000");
        properties.put("broker.session.timeout.ms", "6000");
        // A client that was killed inside a transaction holds up readers of committed records until it is aborted.
        properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "4");
        properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
    }
}
