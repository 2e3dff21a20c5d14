import{Ai as a,Bi as b,Ci as c,Di as d}from"./chunk-A2CW4S6J.js";import"./chunk-HZMWPBKM.js";export{c as HitTestContext,b as MouseTarget,d as MouseTargetFactory,a as PointerHandlerLastRenderData};
