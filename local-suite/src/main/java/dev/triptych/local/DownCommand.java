package dev.triptych.local;

import dev.triptych.local.supervisor.SuiteStop;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = "down",
        description = "Stops the suite: the gateway, the services, then Kafka.",
        mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {

    @Override
    public Integer call() throws Exception {
        new SuiteStop(LocalSuite.folders(), LocalSuite.console()).down();
        return 0;
    }
}
