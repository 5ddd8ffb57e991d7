package dev.triptych.local.supervisor;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A service process for tests: {@code PORT} answers its readiness there; {@code PORT die} ends at once. */
final class FakeService {

    private FakeService() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 1) {
            System.out.println("the model is missing");
            System.exit(3);
        }
        int port = Integer.parseInt(arguments[0]);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/ready", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("goodbye")));
        server.start();
        System.out.println("serving");
    }
}
