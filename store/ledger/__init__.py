"""Decisions on payments, recoveries and totals."""
