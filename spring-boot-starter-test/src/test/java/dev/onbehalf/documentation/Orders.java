package dev.onbehalf.documentation;

import java.util.List;

/** The repository of the pages' examples. */
interface Orders {
  void place(String item);

  List<String> items();

  long count();
}
