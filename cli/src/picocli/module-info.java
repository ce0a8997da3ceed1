/** picocli, compiled from its published sources: the AOT cache refuses the class-file version of its published jar. */
module info.picocli {
  requires static java.sql;

  exports picocli;
}
