package dev.onbehalf.rowsecurity.program;

import dev.onbehalf.rowsecurity.Finding;
import dev.onbehalf.rowsecurity.rules.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Findings that somebody has accepted, each with a reason; empty lines and # are comments. */
record Baseline(List<Entry> entries, List<String> complaints) {
  static final Baseline EMPTY = new Baseline(List.of(), List.of());

  record Entry(int line, String id, String object, String reason) {
    boolean accepts(Finding finding) {
      return finding.id().equals(id) && finding.object().equals(object);
    }
  }

  /** What is wrong with a line is a complaint, and the line accepts nothing. */
  static Baseline parse(List<String> lines) {
    List<Entry> entries = new ArrayList<>();
    List<String> complaints = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      // names may have a bar in them: the id is before the first one, the reason behind the last
      int first = line.indexOf('|');
      int last = line.lastIndexOf('|');
      String id = first < 0 ? line : line.substring(0, first).strip();
      if (!Rules.ids().contains(id)) {
        complaints.add("line %s: there is no finding %s".formatted(i + 1, id));
      } else if (first == last || line.substring(last + 1).isBlank()) {
        complaints.add(
            "line %s: %s is accepted without a reason, so it is not".formatted(i + 1, id));
      } else {
        String object = line.substring(first + 1, last).strip();
        entries.add(new Entry(i + 1, id, object, line.substring(last + 1).strip()));
      }
    }
    return new Baseline(List.copyOf(entries), List.copyOf(complaints));
  }

  /** Why a finding is accepted. */
  Optional<String> reason(Finding finding) {
    return entries.stream().filter(e -> e.accepts(finding)).map(Entry::reason).findFirst();
  }

  /** The complaints, and entries that nothing is found for any more. */
  List<String> complaints(List<Finding> findings) {
    List<String> all = new ArrayList<>(complaints);
    for (Entry entry : entries) {
      if (findings.stream().noneMatch(entry::accepts)) {
        all.add(
            "line %s: %s of %s is not found any more; take the line out"
                .formatted(entry.line(), entry.id(), entry.object()));
      }
    }
    return all;
  }
}
