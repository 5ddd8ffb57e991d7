package dev.triptych.local.supervisor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What has to hold before the first process is started. */
final class Preflight {

    private Preflight() {}

    /** @throws SuiteException naming the first jar that is missing or port that is taken */
    static void check(List<ServiceSpec> services) throws SuiteException {
        for (ServiceSpec service : services) {
            requireJar(service);
        }
        for (ServiceSpec service : services) {
            for (int port : service.ports()) {
                requireFree(service, port);
            }
        }
    }

    private static void requireJar(ServiceSpec service) throws SuiteException {
        int jarAt = service.command().indexOf("-jar") + 1;
        if (jarAt > 0 && !Files.exists(Path.of(service.command().get(jarAt)))) {
            throw new SuiteException(
                    service.name() + " is not built: " + service.command().get(jarAt) + " is missing");
        }
    }

    private static void requireFree(ServiceSpec service, int port) throws SuiteException {
        // The wildcard clashes with any listener; on loopback alone some systems allow a second one.
        for (InetAddress address : List.of(new InetSocketAddress(0).getAddress(), InetAddress.getLoopbackAddress())) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(address, port));
            } catch (IOException e) {
                throw new SuiteException("port " + port + " is already in use, and " + service.name()
                        + " needs it: stop what listens there, or set " + portVariable(service) + " ("
                        + e.getMessage() + ")");
            }
        }
    }

    private static String portVariable(ServiceSpec service) {
        return "TRIPTYCH_" + service.name().replace("-service", "").toUpperCase(Locale.ROOT) + "_PORT";
    }
}
