"""Tests of comparing the graph with an older one."""
