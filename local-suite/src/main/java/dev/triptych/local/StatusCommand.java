package dev.triptych.local;

import dev.triptych.local.settings.SuiteFolders;
import dev.triptych.local.supervisor.SuiteStatus;
import dev.triptych.local.supervisor.TriptychSuite;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = "status",
        description = "Shows what runs. Exit code 0 where everything is ready, otherwise 1.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

    @Override
    @SuppressWarnings("SystemOut") // a command's output
    public Integer call() throws Exception {
        SuiteFolders folders = LocalSuite.folders();
        SuiteStatus status = new SuiteStatus(new TriptychSuite(LocalSuite.settings(), folders).plan(), folders);
        List<SuiteStatus.Row> rows = status.rows();
        SuiteStatus.table(rows).forEach(System.out::println);
        return rows.stream().allMatch(SuiteStatus.Row::ready) ? 0 : 1;
    }
}
