package dev.onbehalf.lakebaselocal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is left of an instance: its folder, and processes that have it in their command line. */
record Remains(List<Path> folders, List<ProcessHandle> processes) {

  static Remains of(Path folder) {
    List<ProcessHandle> processes =
        ProcessHandle.allProcesses()
            .filter(process -> process.info().commandLine().orElse("").contains(folder.toString()))
            .toList();
    return new Remains(Files.exists(folder) ? List.of(folder) : List.of(), processes);
  }

  boolean isEmpty() {
    return folders.isEmpty() && processes.isEmpty();
  }
}
