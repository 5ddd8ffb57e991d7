package dev.triptych.local;

import dev.triptych.local.settings.SuiteFolders;
import dev.triptych.local.supervisor.LogFollower;
import dev.triptych.local.supervisor.ServiceLog;
import dev.triptych.local.supervisor.SuiteConsole;
import dev.triptych.local.supervisor.SuiteDetach;
import dev.triptych.local.supervisor.TriptychSuite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "logs",
        description = "Prints the end of the logs; whole files lie in var/log.",
        mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {

    private static final List<String> NAMES = List.of(
            SuiteDetach.LOG_NAME, TriptychSuite.KAFKA, TriptychSuite.TEXT, TriptychSuite.VISION, TriptychSuite.GATEWAY);

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            description = "kafka, text-service, vision-service, gateway-service, or suite for the supervisor; all.")
    @Nullable
    String service;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is written from now on, until Ctrl-C.")
    boolean follow;

    @Option(
            names = {"-n", "--lines"},
            defaultValue = "50",
            description = "Last lines of each (default 50).")
    int lines;

    @Override
    @SuppressWarnings("SystemOut") // a command's output
    public Integer call() throws IOException {
        Optional<List<String>> names = names();
        if (names.isEmpty()) {
            System.err.println("there is no service \"" + service + "\"; there are " + String.join(", ", NAMES));
            return 2;
        }
        SuiteFolders folders = LocalSuite.folders();
        SuiteConsole console = LocalSuite.console();
        LogFollower follower = new LogFollower(console, names.get(), folders.log());
        printTails(console, names.get(), folders.log());
        if (follow) {
            follower.follow();
        }
        return 0;
    }

    private void printTails(SuiteConsole console, List<String> names, Path folder) throws IOException {
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            for (String line : new ServiceLog(folder, name).tail(lines)) {
                console.print(name, i, line);
            }
        }
    }

    private Optional<List<String>> names() {
        @Nullable String wanted = service;
        if (wanted == null) {
            return Optional.of(NAMES);
        }
        return NAMES.stream()
                .filter(name -> name.equals(wanted) || name.equals(wanted + "-service"))
                .findFirst()
                .map(List::of);
    }
}
